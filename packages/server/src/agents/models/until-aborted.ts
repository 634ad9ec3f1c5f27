/** Waiting for many promises, one after the other, each no longer than until a signal aborts. */

export type UntilAborted = {
  /** Gives what the promise gives, or `aborted`. For one promise at a time. */
  wait<T>(promise: Promise<T>): Promise<T | 'aborted'>;
  /** The signal is not listened to any more. */
  stop(): void;
};

/** Not `Promise.race` with one promise for all: that one keeps what each of the others gave until it settles itself. */
export function listenForAbort(signal: AbortSignal): UntilAborted {
  let leave: () => void = () => {};
  const listener = () => leave();
  signal.addEventListener('abort', listener, { once: true });
  return {
    wait: (promise) =>
      new Promise((resolve, reject) => {
        leave = () => resolve('aborted');
        promise.then(resolve, reject);
        if (signal.aborted) leave();
      }),
    stop: () => signal.removeEventListener('abort', listener),
  };
}
