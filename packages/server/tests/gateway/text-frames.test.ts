/** Frames as a WebSocket client reads them, at the lengths where their headers change. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeFrames } from '../../src/gateway/transport/text-frames.ts';

test('packets of every length come out as they went in, each as a message of its own', async (t) => {
  const lengths = [0, 1, 123, 124, 125, 126, 127, 65_533, 65_534, 65_535, 65_536, 100_000];
  const packets = lengths.flatMap((length) => ['a'.repeat(length), `ü€😀${'é'.repeat(Math.floor(length / 2))}`]);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  t.after(() => server.close());
  server.on('connection', (socket) => {
    const { _socket: tcp } = socket as unknown as { _socket: Socket };
    tcp.write(encodeFrames([]));
    tcp.write(encodeFrames(packets), () => socket.close());
  });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    perMessageDeflate: false,
  });
  const heard: string[] = [];
  client.on('message', (data, isBinary) => heard.push(isBinary ? 'binary' : String(data)));
  const [code] = await once(client, 'close');
  assert.equal(code, 1005);
  assert.deepEqual(
    heard,
    packets.map((packet) => `4${packet}`),
  );
});
