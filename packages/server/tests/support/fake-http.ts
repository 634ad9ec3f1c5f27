/** An HTTP server of a test that answers each request with a function, and remembers what came. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type FakeRequest = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
/** `undefined`: no answer at all. An object is sent as JSON. */
export type FakeAnswer = { status?: number; headers?: Record<string, string>; body: object | Uint8Array } | undefined;

export type FakeHttp = { readonly url: string; readonly requests: readonly FakeRequest[] };

/** Opens the server on a free port of the loopback; it closes with the test. */
export async function openFakeHttp(
  t: TestContext,
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeHttp> {
  const requests: FakeRequest[] = [];
  const server = createServer(async (req, res) => {
    const pieces: Buffer[] = [];
    for await (const piece of req) pieces.push(piece as Buffer);
    const request = { path: req.url ?? '', headers: req.headers, body: Buffer.concat(pieces) };
    requests.push(request);
    const answered = await answer(request);
    if (!answered) return;
    const { status = 200, headers = {}, body } = answered;
    const isBytes = body instanceof Uint8Array;
    res.writeHead(status, { 'content-type': isBytes ? 'audio/mpeg' : 'application/json', ...headers });
    res.end(isBytes ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close').catch(() => {});
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
