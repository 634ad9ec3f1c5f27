/** What is read ahead for somebody is not held for as long as they like: it is let go, and read again when they are ready. */

/** How long it is held, in ms. */
const heldMs = 1_000;

/** Whether something settles within a second. */
export async function isSoon(settled: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(late.resolve, heldMs, false);
  try {
    return await Promise.race([settled.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
