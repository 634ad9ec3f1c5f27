/** What is done once a start is over and nobody is there yet: a server that waits for its first client should be small. */
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { App } from '../app/app.ts';

/** So long after the start, in ms: the first clients come before. */
const settleAfterMs = 2_000;

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/**
 * Keeps the code that was compiled for the start on disk, which Node does only when a process ends by itself: the next
 * start after a kill shall be as fast. Then gives back the memory of loading it all, some 20 MB, which V8 keeps for new
 * objects that an idle server does not make. That halts the process for 60 ms, so it is left out where clients are.
 */
export function settle(app: Pick<App, 'countConnections'>): void {
  setTimeout(() => {
    flushCompileCache();
    if (app.countConnections() > 0) return;
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
    collect({ type: 'major', flavor: 'last-resort' });
  }, settleAfterMs).unref();
}
