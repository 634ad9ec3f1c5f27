/**
 * `fetch` for an MCP server over HTTP: bodies and events of bounded size, and a stream of answers that breaks off is told
 * to the client, which would wait for ever.
 */
import { countEvent } from '../../event-bytes.ts';

/** Longest body, or longest event of a stream, in bytes. */
const maxBytes = 10_000_000;

/**
 * A `fetch` within bounds; a body that is too long breaks off with an error. A stream that breaks just ends, since the
 * client library leaves the rejection of a broken one to nobody; `listenedOut` is told when one that was opened to listen
 * has ended.
 */
export function createBoundedFetch(listenedOut: () => void = () => {}): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    const isAnswer = init?.method === 'POST';
    const ended = !isStream ? undefined : isAnswer ? () => createEnding(init.body) : () => void listenedOut();
    const body = bound(response.body, ended);
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}

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
  let size = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          size = ended ? countEvent(size, value) : size + value.length;
          if (size > maxBytes) throw new Error(`it sent more than ${maxBytes} bytes at once`);
          controller.enqueue(value);
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
