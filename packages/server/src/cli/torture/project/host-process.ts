/** The process of the project under torture, one after the other: the server starts it, says which it is, and we kill it. */
import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

export type HostProcess = {
  /** Kills the one that runs with SIGKILL; false where none does. */
  kill(): boolean;
  /** Resolves to true when the next one begins, to false where none does in time. */
  next(withinMs: number): Promise<boolean>;
};

const goneMs = 10_000;

export function watchHosts() {
  const events = new EventEmitter();
  let pid: number | undefined;
  const isAlive = () => pid !== undefined && signal(pid, 0);

  return {
    /** A message of the server's probe. */
    hear(message: unknown): void {
      if (typeof message !== 'object' || message === null || !('host' in message)) return;
      pid = Number(message.host);
      events.emit('begun');
    },
    kill: () => pid !== undefined && signal(pid, 'SIGKILL'),
    next(withinMs: number): Promise<boolean> {
      const late = AbortSignal.timeout(withinMs);
      return once(events, 'begun', { signal: late }).then(
        () => true,
        () => false,
      );
    },
    /** It ends by itself when its server is gone. Throws where it does not: it would go on by itself. */
    async gone(): Promise<void> {
      for (const deadline = performance.now() + goneMs; isAlive(); await wait(50))
        if (performance.now() > deadline) throw new Error(`the process ${pid} of the project outlives its server`);
    },
  };
}

/** False where there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
