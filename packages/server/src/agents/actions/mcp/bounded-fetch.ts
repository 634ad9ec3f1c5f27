/**
 * `fetch` for an MCP server over HTTP: bodies and events of bounded size, and a stream of answers that breaks off is told
 * to the client, which would wait for ever.
 */

/** Longest body, or longest event of a stream, in bytes. */
const maxBytes = 10_000_000;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A `fetch` within bounds; a body that is too long breaks off with an error. */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.body) return response;
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
  const ending = isStream && init?.method === 'POST' ? createEnding(init.body) : undefined;
  const body = bound(response.body, isStream, ending);
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
};

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

function bound(body: ReadableStream<Uint8Array>, isStream: boolean, ending?: Uint8Array): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          size = isStream ? countEvent(size, value) : size + value.length;
          if (size > maxBytes) throw new Error(`it sent more than ${maxBytes} bytes at once`);
          return controller.enqueue(value);
        }
      } catch (error) {
        reader.cancel().catch(() => {});
        if (!ending) return controller.error(error);
      }
      if (ending) controller.enqueue(ending);
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Bytes since the last empty line, which is where an event ends. */
function countEvent(size: number, chunk: Uint8Array): number {
  for (let index = chunk.length - 1; index > 0; index--) {
    if (chunk[index] !== lineFeed) continue;
    const before = chunk[index - 1] === carriageReturn ? chunk[index - 2] : chunk[index - 1];
    if (before === lineFeed) return chunk.length - index - 1;
  }
  return size + chunk.length;
}
