/** How long a request may take to arrive: who sends nothing is cut off, who sends slowly but steadily is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { limitArrival } from '../../src/rest/http/limits/arrival.ts';

const head = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n';
/** More than is sent in a second. */
const endless = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000000000\r\n\r\n';
const limits = { patienceMs: 200, bytesPerSecond: 1_000, lingerMs: 200, lingerBytes: 50_000 };

async function open(t: TestContext, listener: RequestListener, own: Partial<typeof limits> = {}) {
  const server = createServer(listener);
  limitArrival(server, { ...limits, ...own });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => {
    socket.destroy();
    server.close();
  });
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
  return { server, socket, closed, answer: () => answer };
}

/** Reads the body, and answers when it is there. */
const patient: RequestListener = (request, response) => {
  request.on('error', () => {});
  request.resume().once('end', () => response.end('all of it'));
};

describe('a body', () => {
  it('that does not come is not waited for', async (t) => {
    const { socket, closed, answer } = await open(t, patient);
    socket.on('error', () => {}).write(`${head}the beginning`);
    await closed;
    assert.match(answer(), /^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it('that comes on a slow line is waited for as long as it comes', async (t) => {
    // What comes with the head does not count: the patience must be longer than the time to the next.
    const patienceMs = 500;
    const { socket, closed, answer } = await open(t, patient, { patienceMs });
    const start = performance.now();
    socket.on('error', () => {}).write(head);
    let left = 1_000_000;
    const send = (bytes: number) => {
      left -= bytes;
      socket.write('x'.repeat(bytes));
    };
    send(1_000);
    for await (const _tick of setInterval(20)) {
      if (performance.now() - start > 3 * patienceMs) break;
      send(100);
    }
    assert.equal(answer(), '');
    send(left);
    await once(socket, 'data');
    assert.match(answer(), /^HTTP\/1\.1 200 OK\r\n/);
    socket.destroy();
    await closed;
  });

  it('that is refused and goes on is no longer read after some of it, and cut off when its time is over', async (t) => {
    const refuse: RequestListener = (_request, response) => response.writeHead(401).end();
    const { server, socket, closed, answer } = await open(t, refuse, { lingerMs: 1_000 });
    let accepted: Socket | undefined;
    server.once('request', ({ socket: own }) => {
      accepted = own;
    });
    socket.on('error', () => {}).write(endless);
    await once(socket, 'data');
    const piece = Buffer.alloc(100_000);
    const send = () => {
      while (!socket.destroyed && socket.write(piece));
      socket.once('drain', send);
    };
    send();
    // Cut off with words of its own unread, it hears of a reset.
    await closed.catch(() => {});
    assert.match(answer(), /^HTTP\/1\.1 401 /);
    assert.ok((accepted?.bytesRead ?? Infinity) < 30_000_000, `${accepted?.bytesRead} bytes were read`);
  });

  it('that is refused is thrown away for a moment, and no longer', async (t) => {
    const { socket, closed, answer } = await open(t, (_request, response) => response.writeHead(401).end());
    socket.on('error', () => {}).write(`${head}the beginning`);
    const [first] = await once(socket, 'data');
    assert.match(String(first), /^HTTP\/1\.1 401 /);
    socket.write('x'.repeat(10_000));
    await closed;
    assert.doesNotMatch(answer(), /408/);
  });
});
