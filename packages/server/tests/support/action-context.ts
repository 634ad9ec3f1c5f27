/** What an action or a hook is told in tests, and a logger whose lines can be read. */

import { once } from 'node:events';
import type { ActionContext } from '../../src/agents/actions/action.ts';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { type Logger, openLogger } from '../../src/observability/logger.ts';

/** A turn of an agent called Ada; a signal that never aborts, unless one is given. */
export const createContext = (signal: AbortSignal = new AbortController().signal): ActionContext => ({
  agent: { id: 'a1', name: 'Ada' },
  channelId: 'c1',
  message: { id: 'm1', text: 'my secret words', senderId: 's1', senderName: 'Sue' },
  signal,
});

export type TestLogger = {
  readonly logger: Logger;
  /** Every entry so far. */
  readonly entries: Record<string, unknown>[];
  text(): string;
  /** The first entry, written or to come, that has these words in it; `from` leaves out earlier ones. */
  logged(words: RegExp, from?: number): Promise<Record<string, unknown>>;
};

/** A real logger at `debug` whose entries can be read and waited for. */
export async function openTestLogger(): Promise<TestLogger> {
  const entries: Record<string, unknown>[] = [];
  const news = new EventTarget();
  const write = (line: string) => {
    entries.push(JSON.parse(line) as Record<string, unknown>);
    news.dispatchEvent(new Event('entry'));
  };
  const logger = await openLogger({ level: 'debug', pretty: false, stream: createLogStream(), out: { write } });
  return {
    logger,
    entries,
    text: () => JSON.stringify(entries),
    async logged(words, from = 0) {
      const signal = AbortSignal.timeout(10_000);
      for (;;) {
        const found = entries.slice(from).find((entry) => words.test(JSON.stringify(entry)));
        if (found) return found;
        await once(news, 'entry', { signal });
      }
    },
  };
}
