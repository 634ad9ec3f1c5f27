/** How large this process is; asking for it takes a descriptor, and there may be none. */

let last = 0;

/** Resident memory in bytes; where the system cannot say it now, as it was when it last could. */
export function readResidentBytes(): number {
  try {
    last = process.memoryUsage.rss();
  } catch {
    // The server must not end of a figure.
  }
  return last;
}
