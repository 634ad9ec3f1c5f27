/** The log is read only while a connected socket listens. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Server } from 'socket.io';
import { openLogFeed } from '../src/gateway/log-feed.ts';
import type { GatewayServer, GatewaySocket } from '../src/gateway/socket-server.ts';
import { createLogStream } from '../src/observability/log-stream.ts';
import { openClient } from './support/stock-client.ts';

test('a socket that subscribed last and left is on no list, though what it sent is handled after it left', async (t) => {
  const http = createServer();
  const io: GatewayServer = new Server(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  t.after(() => io.close());
  const stream = createLogStream();
  let reading = 0;
  const feed = openLogFeed(io, {
    ...stream,
    subscribe(listener) {
      const stop = stream.subscribe(listener);
      reading++;
      return () => {
        reading--;
        stop();
      };
    },
  });
  const connected = new Promise<GatewaySocket>((resolve) => io.on('connection', resolve));
  const client = openClient(t, `http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const socket = await connected;
  feed.subscribe(socket);
  assert.equal(reading, 1);
  const left = new Promise((resolve) => socket.on('disconnect', resolve));
  client.socket.close();
  await left;
  feed.forget(socket.id);
  assert.equal(reading, 0);
  feed.subscribe(socket);
  feed.follow(socket, crypto.randomUUID(), crypto.randomUUID());
  assert.equal(reading, 0);
});
