/** What an adapter must do, for ours and for the stock one: who hears what, once, in the order in which it was sent. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import { FanOutAdapter } from '../../src/gateway/transport/fan-out-adapter.ts';
import { openClient, type StockClient } from '../support/stock-client.ts';

type AnyAdapter = new (nsp: unknown) => Adapter & { takeAcknowledgements?(socket: unknown): void };

const adapters: Record<string, AnyAdapter> = { batched: FanOutAdapter, stock: Adapter as unknown as AnyAdapter };

async function openServer(t: TestContext, adapter: AnyAdapter) {
  const http = createServer();
  // With recovery on, an emit to one socket goes through the adapter too, as in the product.
  const io = new Server(http, { adapter: adapter as never, connectionStateRecovery: {}, perMessageDeflate: false });
  const joined: ServerSocket[] = [];
  io.on('connection', (socket) => {
    (io.of('/').adapter as InstanceType<AnyAdapter>).takeAcknowledgements?.(socket);
    joined.push(socket);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  t.after(() => io.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const connect = async (transports = ['websocket']) => {
    const client = openClient(t, url, { transports });
    await client.until('connect');
    const socket = joined.find(({ id }) => id === client.socket.id) as ServerSocket;
    return { client, socket };
  };
  return { io, connect };
}

const heard = ({ events }: StockClient): unknown[] =>
  events.filter(({ event }) => !/connect/.test(event)).map(({ event, payload }) => [event, payload]);

for (const [name, adapter] of Object.entries(adapters)) {
  describe(`${name} fan-out`, () => {
    test('a room hears what is sent to it, in order; others do not; those excepted do not', async (t) => {
      const { io, connect } = await openServer(t, adapter);
      const [ada, bob, eve] = [await connect(), await connect(), await connect()];
      await ada.socket.join('room');
      await bob.socket.join(['room', 'other']);
      await eve.socket.join('other');
      for (let n = 0; n < 50; n++) io.to('room').emit('news', n);
      io.to('room').except(bob.socket.id).emit('secret', 1);
      io.to(['room', 'other']).emit('both', 2);
      io.to('other').except('room').emit('rest', 3);
      io.emit('all', 4);
      bob.socket.broadcast.emit('but bob', 5);
      for (const { socket } of [ada, bob, eve]) socket.emit('end', 6);
      for (const { client } of [ada, bob, eve]) await client.until('end');
      const news = Array.from({ length: 50 }, (_, n) => ['news', n]);
      const last = [['all', 4]];
      assert.deepEqual(heard(ada.client), [...news, ['secret', 1], ['both', 2], ...last, ['but bob', 5], ['end', 6]]);
      assert.deepEqual(heard(bob.client), [...news, ['both', 2], ...last, ['end', 6]]);
      assert.deepEqual(heard(eve.client), [['both', 2], ['rest', 3], ...last, ['but bob', 5], ['end', 6]]);
    });

    test('who leaves hears what was sent before, and nothing after; who joins, the other way round', async (t) => {
      const { io, connect } = await openServer(t, adapter);
      const [ada, bob] = [await connect(), await connect()];
      ada.socket.join('room');
      io.to('room').emit('news', 1);
      ada.socket.leave('room');
      bob.socket.join('room');
      io.to('room').emit('news', 2);
      ada.socket.emit('end');
      bob.socket.emit('end');
      for (const { client } of [ada, bob]) await client.until('end');
      assert.deepEqual(heard(ada.client)[0], ['news', 1]);
      assert.deepEqual(heard(ada.client).length, 2);
      assert.deepEqual(heard(bob.client)[0], ['news', 2]);
    });

    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']])
      test(`over ${transports}: broadcasts, direct emits and acknowledgements come in the order in which they were sent`, async (t) => {
        const { io, connect } = await openServer(t, adapter);
        const { client, socket } = await connect(transports);
        socket.join('room');
        const order: unknown[] = [];
        client.socket.onAny((_event, n) => order.push(n));
        socket.on('ask', (n: number, ack: (n: number) => void) => {
          io.to('room').emit('broadcast', n);
          socket.emit('direct', n + 1);
          ack(n + 2);
        });
        // Through the upgrade, where there is one.
        for (let n = 0; n < 3_000; n += 3) {
          client.socket.emit('ask', n, (answer: number) => order.push(answer));
          if (n % 300 === 0) await client.ask('ask', -1).then(() => order.splice(-2));
        }
        await client.ask('ask', -1).then(() => order.splice(-2));
        assert.deepEqual(
          order,
          Array.from({ length: 3_000 }, (_, n) => n),
        );
      });

    test('a socket that goes in the middle of a batch takes nobody with it', async (t) => {
      const { io, connect } = await openServer(t, adapter);
      const [ada, bob] = [await connect(), await connect()];
      ada.socket.join('room');
      bob.socket.join('room');
      io.to('room').emit('news', 1);
      ada.socket.disconnect(true);
      io.to('room').emit('news', 2);
      await bob.client.until('news', (n) => n === 2);
      await ada.client.until('disconnect');
      assert.deepEqual(heard(bob.client), [
        ['news', 1],
        ['news', 2],
      ]);
      assert.deepEqual(
        await io
          .in('room')
          .fetchSockets()
          .then((all) => all.map(({ id }) => id)),
        [bob.socket.id],
      );
    });

    test('text of any kind and size survives: quotes, emoji, newlines, megabytes, and binary too', async (t) => {
      const { io, connect } = await openServer(t, adapter);
      const ada = await connect();
      ada.socket.join('room');
      const texts = [
        '',
        '"',
        '\\',
        '\n\r\u2028',
        '👩‍👩‍👧',
        '\u0000',
        'x'.repeat(125),
        'x'.repeat(126),
        'é'.repeat(70_000),
        'x'.repeat(900_000),
      ];
      for (const text of texts) io.to('room').emit('text', { text });
      io.to('room').emit('bytes', Buffer.from([1, 2, 3]));
      io.to('room').emit('end', 1);
      await ada.client.until('end');
      const got = ada.client.events.filter(({ event }) => event === 'text').map(({ payload }) => payload.text);
      assert.deepEqual(got, texts);
      assert.deepEqual([...(await ada.client.until('bytes'))], [1, 2, 3]);
    });
  });
}
