/** The log is read only while a connected socket listens, and told one by one or together. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Server } from 'socket.io';
import { openLogSource } from '../../../web/src/inside/logs/lines/log-source.ts';
import { openSession, client as pageClient } from '../../../web/src/state/session.ts';
import { openLogFeed } from '../../src/gateway/log-feed.ts';
import type { GatewayServer, GatewaySocket } from '../../src/gateway/socket-data.ts';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

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

test('with `batched` entries come together, each once and in order; who did not ask for that gets them one by one', async (t) => {
  const { url } = await openTestServer(t, { LOG_LEVEL: 'info' });
  const many = openClient(t, url);
  const single = openClient(t, url);
  await many.ask('subscribe_logs', { batched: true });
  await single.ask('subscribe_logs');
  const roomId = crypto.randomUUID();
  await single.ask('join', { roomId, agentId: await findAgent(single, 'Eliza') });
  const count = 5;
  for (let turn = 0; turn < count; turn++) {
    const { messageId } = await single.ask('message', { roomId, text: 'Hello.' });
    await single.until('messageComplete', (end) => end.messageId === messageId);
  }
  const isTurn = ({ msg }: { msg: string }) => msg === 'turn answered';
  const batched = () =>
    many.events
      .filter(({ event }) => event === 'logEntries')
      .flatMap(({ payload }) => payload.entries as { msg: string; time: number }[])
      .filter(isTurn);
  await many.until('logEntries', () => batched().length >= count);
  assert.equal(batched().length, count);
  assert.equal(many.events.filter(({ event }) => event === 'logEntry' || event === 'log_stream').length, 0);
  const ones = single.events.filter(({ event, payload }) => event === 'logEntry' && isTurn(payload));
  assert.deepEqual(
    batched(),
    ones.map(({ payload }) => payload),
  );
});

test('who hears an agent, and ends a subscription with `batched`, hears the agent one by one again', async (t) => {
  const { url } = await openTestServer(t, { LOG_LEVEL: 'info' });
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Eliza') });
  await client.ask('subscribe_logs', { batched: true });
  await client.ask('unsubscribe_logs');
  await client.ask('message', { roomId, text: 'Hello.' });
  const isTurn = ({ msg }: { msg: string }) => msg === 'turn answered';
  await client.until('logEntry', isTurn);
  await client.until('log_stream');
  const batches = client.events.filter(({ event }) => event === 'logEntries');
  assert.equal(batches.flatMap(({ payload }) => payload.entries).filter(isTurn).length, 0);
});

test('a page whose user leaves the logs while the connection lost does not hear them when it is back', async (t) => {
  const { url } = await openTestServer(t);
  Object.assign(globalThis, { location: { origin: url } });
  openSession();
  const { socket, ready, close } = pageClient();
  t.after(close);
  await ready;
  const source = openLogSource();
  const leave = source.listen(
    () => {},
    () => {},
  );
  await source.subscribe();
  const signal = AbortSignal.timeout(10_000);
  const away = once(socket as unknown as EventTarget, 'disconnect', { signal });
  socket.io.engine.close();
  await away;
  leave();
  await once(socket as unknown as EventTarget, 'connect', { signal });
  assert.ok(socket.recovered);
  const answer = await socket.timeout(10_000).emitWithAck('update_log_filters', { level: 'all' });
  assert.deepEqual([answer.ok, 'details' in answer && answer.details.code], [false, 'not-subscribed']);
});
