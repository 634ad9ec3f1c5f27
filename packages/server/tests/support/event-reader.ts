/** Reads server-sent events of a real response, with deadlines: what a test waits for comes within 10 s. */
import type { TestContext } from 'node:test';
import type { Payload } from './stock-client.ts';

export type ReadEvent = { event: string | undefined; data: Payload; id: string | undefined };

export type EventReader = {
  readonly response: Response;
  /** Every event so far that has data, in order. */
  readonly events: ReadEvent[];
  /** The last id that was seen, with data or without. */
  lastId(): string | undefined;
  /** The first event, past or to come, that fits. */
  until(event: string, fits?: (data: Payload) => boolean): Promise<ReadEvent>;
  /** Resolves when the stream has ended, by whichever end. */
  readonly ended: Promise<void>;
  close(): void;
};

const deadlineMs = 10_000;

/** Opens a stream; it is closed after the test. */
export async function openEventReader(t: TestContext, url: string, init: RequestInit = {}): Promise<EventReader> {
  const controller = new AbortController();
  t.after(() => controller.abort());
  const response = await fetch(url, { ...init, signal: controller.signal });
  const events: ReadEvent[] = [];
  const waiting = new Set<() => void>();
  let last: string | undefined;
  const take = (block: string) => {
    const fields = new Map(
      block.split('\n').flatMap((line): [string, string][] => {
        const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        return name === '' ? [] : [[name, value]];
      }),
    );
    last = fields.get('id') ?? last;
    const data = fields.get('data');
    if (data === undefined) return;
    events.push({
      event: fields.get('event'),
      data: /^[[{"]/.test(data) && data !== '[DONE]' ? JSON.parse(data) : data,
      id: fields.get('id'),
    });
    for (const look of waiting) look();
  };
  const read = async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) take(block);
    }
  };
  const ended = read().catch(() => {});
  return {
    response,
    events,
    lastId: () => last,
    ended,
    close: () => controller.abort(),
    until: (event, fits = () => true) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no fitting "${event}" within 10 s; what came: ${JSON.stringify(events).slice(0, 3000)}`));
        }, deadlineMs);
        const look = () => {
          const found = events.find((one) => one.event === event && fits(one.data));
          if (!found) return;
          clearTimeout(deadline);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
