/** Of what a large room is told, only so many sockets are recorded; whoever is watched alone is always one of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Server } from 'socket.io';
import type { GatewayServer, GatewaySocket } from '../../src/gateway/socket-data.ts';
import { openWireDoctor } from '../../src/gateway/wire-doctor/wire-doctor.ts';
import { openClient, type Payload } from '../support/stock-client.ts';

test('who watches one socket sees what it gets in a room of more than are recorded', async (t) => {
  const http = createServer();
  const io: GatewayServer = new Server(http);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  t.after(() => io.close());
  const doctor = openWireDoctor(io, { roomOf: (channelId) => channelId, findRoom: async () => undefined });
  const roomId = crypto.randomUUID();
  for (let n = 0; n < 1_000; n++) io.of('/').adapter.addAll(`one of many ${n}`, new Set([roomId]));
  const enter = async () => {
    const connected = once(io, 'connection');
    const client = openClient(t, `http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      transports: ['websocket'],
    });
    const [socket] = (await connected) as [GatewaySocket];
    socket.data.joined = {};
    socket.data.isProvisional = true;
    doctor.meet(socket);
    return { client, socket };
  };
  const watcher = await enter();
  const { socket } = await enter();
  doctor.watch(watcher.socket, socket.id);
  const tell = (event: string, audience: { channelId: string; exceptSocketId?: string }) =>
    doctor.sent([[event, { roomId }] as never], audience);
  tell('before', { channelId: roomId });
  await socket.join(roomId);
  tell('to others', { channelId: roomId, exceptSocketId: socket.id });
  tell('to all', { channelId: roomId });
  const { events } = await watcher.client.until('wireEvent');
  assert.deepEqual(
    events.map((record: Payload) => [record.event, record.socketId]),
    [['to all', socket.id]],
  );
});
