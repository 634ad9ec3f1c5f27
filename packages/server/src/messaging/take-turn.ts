/** What is long, and can wait, is done piece by piece: one in each turn of the program, however many are at it. */

let last: Promise<void> = Promise.resolve();

/** Resolves in a later turn of the program, and for nobody else in the same one. */
export function takeTurn(): Promise<void> {
  last = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
  return last;
}
