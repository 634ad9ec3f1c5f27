/** What is long, and can wait, is done piece by piece: one in each turn of the program, however many are at it. */

let last: Promise<void> = Promise.resolve();

/** Resolves in a later turn of the program, and for nobody else in the same one. */
export function takeTurn(): Promise<void> {
  last = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
  return last;
}

/** How long what is short may go on in one turn of the program, all of it together, in ms. */
const sliceMs = 10;

let begun: number | undefined;
let next: Promise<void> | undefined;

/** Whether what is short has taken its time in this turn: then it is to wait for the next one. */
export function isTurnOver(): boolean {
  if (begun !== undefined) return performance.now() - begun > sliceMs;
  begun = performance.now();
  setImmediate(() => {
    begun = undefined;
  });
  return false;
}

/** The next turn of the program, for all who wait for it. */
export function nextTurn(): Promise<void> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined;
      resolve();
    });
  });
  return next;
}
