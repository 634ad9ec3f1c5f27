/**
 * How much of what sockets missed is in memory at one time: more of them are let back as those before have been told, so that
 * it does not matter how many come at once.
 */

/** So long the next ones wait for those before, in ms: one who does not read holds up nobody for longer. */
const patienceMs = 2_000;

export type ReturnRoom = {
  readonly mostBytes: number;
  /** Resolves when there is room, or patience is over. */
  wait(): Promise<void>;
  /** So many bytes are held for so many sockets; returns what each of them calls once when it has been told, or has gone. */
  take(bytes: number, sockets: number): () => void;
};

export function createReturnRoom(mostBytes: number): ReturnRoom {
  let held = 0;
  let freed = Promise.withResolvers<void>();
  return {
    mostBytes,
    async wait() {
      const late = Promise.withResolvers<'late'>();
      const timer = setTimeout(late.resolve, patienceMs, 'late');
      while (held >= mostBytes) if ((await Promise.race([freed.promise, late.promise])) === 'late') break;
      clearTimeout(timer);
    },
    take(bytes, sockets) {
      let left = sockets;
      held += bytes;
      return () => {
        left -= 1;
        if (left !== 0) return;
        held -= bytes;
        freed.resolve();
        freed = Promise.withResolvers();
      };
    },
  };
}
