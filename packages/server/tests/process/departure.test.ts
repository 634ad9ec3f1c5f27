/** How long answers wait to be read, and how many: who reads nothing is cut off, who reads slowly but steadily is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type UnreadLimits, watchUnread } from '../../src/pacing/unread.ts';
import { type DepartureLimits, limitDeparture } from '../../src/rest/http/limits/departure.ts';

const limits = { patienceMs: 300, bytesPerSecond: 1_000_000_000, mostBytes: Infinity, stuckMs: 50, lookMs: 20 };

/** More than the network keeps by itself. */
const answer = Buffer.alloc(20_000_000);

/** As it is sent in one go, and as files and streams are. */
const whole: RequestListener = (_request, response) => response.end(answer);
const inPieces: RequestListener = (_request, response) => {
  const pieces = Array.from({ length: 320 }, (_, n) => answer.subarray(n * 62_500, (n + 1) * 62_500));
  Readable.from(pieces).pipe(response);
};

async function open(t: TestContext, own: Partial<DepartureLimits & UnreadLimits>, listener = whole) {
  const server = createServer(listener);
  let cut = 0;
  const unread = watchUnread({ ...limits, ...own });
  limitDeparture(server, unread, () => (cut += 1), { ...limits, ...own });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    unread.stop();
    server.closeAllConnections();
    server.close();
  });
  /** Asks, and reads nothing. */
  const ask = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {}).pause();
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(server, 'request');
    return socket;
  };
  const countOpen = () =>
    new Promise<number>((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));
  const untilOpen = async (wanted: number) => {
    const end = performance.now() + 10_000;
    while ((await countOpen()) !== wanted) {
      assert.ok(performance.now() < end, `${await countOpen()} connections, not ${wanted}`);
      await pause(10);
    }
  };
  return { ask, untilOpen, countOpen, countCut: () => cut };
}

describe('an answer', () => {
  it('that nobody reads is let go', async (t) => {
    const { ask, untilOpen, countCut } = await open(t, {});
    await ask();
    await untilOpen(0);
    assert.equal(countCut(), 1);
  });

  it('that is read slowly, but steadily, is waited for', async (t) => {
    // Far longer than a busy machine leaves the reader waiting.
    const patienceMs = 1_500;
    const { ask, countCut } = await open(t, { patienceMs }, inPieces);
    const socket = await ask();
    const start = performance.now();
    let bytes = 0;
    while (bytes < answer.length && !socket.destroyed) {
      bytes += socket.read(Math.min(socket.readableLength, 200_000))?.length ?? 0;
      await pause(35);
    }
    assert.ok(bytes >= answer.length, `${bytes} bytes`);
    assert.ok(performance.now() - start > 2 * patienceMs, 'it took longer than the patience');
    assert.equal(countCut(), 0);
  });

  it('is let go early where too many are not read, the one that waited longest first', async (t) => {
    const { ask, countOpen } = await open(t, { patienceMs: 60_000, mostBytes: 50_000_000 });
    const all: Socket[] = [];
    for (let n = 0; n < 6; n++) {
      all.push(await ask());
      await pause(30);
    }
    while ((await countOpen()) > 3) await pause(10);
    // The first has lost the rest of its answer, the last has all of it.
    const read = async (socket: Socket) => {
      let bytes = 0;
      socket.on('data', (data) => (bytes += data.length));
      socket.resume();
      const end = performance.now() + 5_000;
      while (!socket.destroyed && bytes < answer.length && performance.now() < end) await pause(10);
      return bytes;
    };
    assert.ok((await read(all[0] as Socket)) < answer.length);
    assert.ok((await read(all[5] as Socket)) >= answer.length);
  });
});
