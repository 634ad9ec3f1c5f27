/** Waiting for many promises, one after the other, each no longer than until a signal aborts. */

/** Gives what the promise gives, or `aborted`. For one promise at a time. */
export type UntilAborted = <T>(promise: Promise<T>) => Promise<T | 'aborted'>;

/**
 * Not `Promise.race` with one promise for all: that one keeps what each of the others gave until it settles itself. `signal`
 * is listened to until `done` aborts.
 */
export function waitUntilAborted(signal: AbortSignal, done: AbortSignal): UntilAborted {
  let leave: () => void = () => {};
  signal.addEventListener('abort', () => leave(), { once: true, signal: done });
  return (promise) =>
    new Promise((resolve, reject) => {
      leave = () => resolve('aborted');
      promise.then(resolve, reject);
      if (signal.aborted) leave();
    });
}
