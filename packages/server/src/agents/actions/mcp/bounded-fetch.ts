/**
 * `fetch` for an MCP server over HTTP: bodies and events of bounded size, and a stream of answers that breaks off is told
 * to the client, which would wait for ever.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { createMeter } from '../../models/answer-meter.ts';
import { mostOfMessage, tooMuch } from './bounded-message.ts';

/** Answers of ours under way at one time to what the server asks us, such as pings. */
const mostAnswering = 8;

/** Bytes that are read on in one step of the program. */
const step = 16_384;

/**
 * A `fetch` within bounds; a body that is too long breaks off with an error. A stream that breaks just ends, since the
 * client library leaves the rejection of a broken one to nobody; `listenedOut` is told when one that was opened to listen
 * has ended.
 */
export function createBoundedFetch(listenedOut: () => void = () => {}): typeof fetch {
  let answering = 0;
  const ask: typeof fetch = async (input, init) => {
    if (!isAnswerOfOurs(init)) return fetch(input, init);
    if (answering >= mostAnswering) throw new Error('it asks too much at once');
    answering += 1;
    return fetch(input, init).finally(() => {
      answering -= 1;
    });
  };
  return async (input, init) => {
    const response = await ask(input, init);
    if (!response.body) return response;
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    const isAnswer = init?.method === 'POST';
    const ended = !isStream ? undefined : isAnswer ? () => createEnding(init.body) : () => void listenedOut();
    const body = bound(response.body, ended);
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}

/** Of all that is sent it alone has no method. */
const isAnswerOfOurs = (init: RequestInit | undefined): boolean =>
  init?.method === 'POST' && typeof init.body === 'string' && !init.body.includes('"method":');

/**
 * An error for the request that a stream was opened for. When its answer has come, nobody waits for this one and it is
 * dropped; else it is the only word that the client gets.
 */
function createEnding(body: unknown): Uint8Array | undefined {
  try {
    const { id } = JSON.parse(String(body)) as { id?: unknown };
    const error = { code: -32_000, message: 'Connection closed' };
    return new TextEncoder().encode(`\n\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, error })}\n\n`);
  } catch {
    return undefined;
  }
}

/** `ended` is there for a stream of events; what it returns are the stream's last bytes. */
function bound(
  body: ReadableStream<Uint8Array>,
  ended: (() => Uint8Array | undefined) | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const isTooMuch = createMeter(mostOfMessage, ended !== undefined);
  let rest: Uint8Array = new Uint8Array();
  return new ReadableStream({
    async pull(controller) {
      try {
        if (rest.length > 0) await breathe();
        const { done, value = rest } = rest.length > 0 ? { done: false } : await reader.read();
        if (!done) {
          const piece = value.subarray(0, step);
          rest = value.subarray(step);
          if (isTooMuch(piece)) throw new Error(tooMuch);
          controller.enqueue(piece);
          return;
        }
      } catch (error) {
        reader.cancel().catch(() => {});
        if (!ended) {
          controller.error(error);
          return;
        }
      }
      const last = ended?.();
      if (last) controller.enqueue(last);
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason).catch(() => {}),
  });
}
