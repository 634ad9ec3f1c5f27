/** Bad input, event by event: no payload or the wrong kind of one, unknown events, and speaking with an agent's id. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientEvent, clientEvents } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

/** Events that need nothing; no payload is a right one for them. */
const needNothing: readonly ClientEvent[] = ['request-world-state', 'subscribe_logs', 'unsubscribe_logs'];
const needRoom = clientEvents.filter((event) => event !== 'update_log_filters' && !needNothing.includes(event));
const notObjects = ['hello', '', 7, 0, true, false, [], [{}], [crypto.randomUUID()]];

/** Proves that the socket still does what it is for: a room, a message, an answer to it. */
async function provesUseful(client: Client): Promise<void> {
  const roomId = crypto.randomUUID();
  await client.done('join', { roomId });
  const { messageId } = await client.done('message', { roomId, text: 'still here' });
  await client.until('messageComplete', (complete) => complete.messageId === messageId);
  assert.equal(client.all('disconnect').length, 0);
}

overEachTransport('bad events', (wire) => {
  for (const event of clientEvents) {
    test(`${event}: a payload that is no object is refused, with an ack and without`, async (t) => {
      const ada = await wire.connect(t);
      const failures = await ada.allRefused(
        'invalid-payload',
        notObjects.map((payload) => [event, payload]),
      );
      for (const { details } of failures) assert.ok(details.issues && details.issues.length > 0);
      const from = ada.arrived.length;
      for (const payload of notObjects) ada.send(event, payload);
      await ada.refusedAloud('invalid-payload', event, from);
      await ada.untilCount('messageError', notObjects.length, () => true, from);
      await provesUseful(ada);
    });
  }

  for (const event of needRoom) {
    test(`${event}: no payload, null and {} are refused, with an ack and without`, async (t) => {
      const ada = await wire.connect(t);
      for (const args of [[], [null], [undefined], [{}]]) {
        const { details } = await ada.refused('invalid-payload', event, ...args);
        assert.ok(
          details.issues?.some(({ path }) => path === 'roomId'),
          JSON.stringify(details.issues),
        );
        const from = ada.arrived.length;
        ada.send(event, ...args);
        await ada.refusedAloud('invalid-payload', event, from);
      }
      await provesUseful(ada);
    });
  }

  test('events that need nothing take no payload, null and {} alike', async (t) => {
    const ada = await wire.connect(t);
    for (const event of needNothing) for (const args of [[], [null], [{}]]) await ada.done(event, ...args);
    await ada.done('subscribe_logs');
    for (const args of [[], [null], [{}]]) await ada.done('update_log_filters', ...args);
  });

  test('further arguments are no error', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId }, 'more', [1], null, { roomId: 'lobby' });
    await ada.done('message', { roomId, text: 'Hello' }, { text: 7 }, 7);
    assert.equal((await ada.until('messageBroadcast')).text, 'Hello');
  });

  const nearest = {
    mesage: 'message',
    Message: 'message',
    joined: 'join',
    request_world_state: 'request-world-state',
    subscribeLogs: 'subscribe_logs',
    update_log_filter: 'update_log_filters',
    typingg: 'typing',
    cancle: 'cancel',
  };
  for (const [event, meant] of Object.entries(nearest)) {
    test(`the unknown event ${event} is refused with a hint at ${meant}`, async (t) => {
      const ada = await wire.connect(t);
      const { details } = await ada.refused('unknown-event', event, { roomId: crypto.randomUUID(), text: 'Hello' });
      assert.match(details.hint, new RegExp(`\\b${meant}\\b`));
      const from = ada.arrived.length;
      ada.send(event);
      await ada.refusedAloud('unknown-event', event, from);
      await provesUseful(ada);
    });
  }

  test('names that every object has, and names of events that only the server sends, are unknown events too', async (t) => {
    const ada = await wire.connect(t);
    const inherited = [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'prototype',
      '__defineGetter__',
    ];
    const foreign = ['messageBroadcast', 'messageComplete', 'logEntry', 'error', 'authenticated', 'ping'];
    const names = [...inherited, ...foreign, '', ' ', '3', '-1', 'null', 'a'.repeat(50), '💥', 'a\u0000b'];
    for (const payload of [undefined, {}, { roomId: crypto.randomUUID(), text: 'x' }]) {
      await ada.allRefused(
        'unknown-event',
        names.map((name) => [name, payload]),
      );
    }
    await provesUseful(ada);
  });

  test('the name of an event may be of any length; the refusal stays short', async (t) => {
    const ada = await wire.connect(t);
    for (const length of [101, 1_000, 100_000]) {
      const ack = (await ada.ask('x'.repeat(length), {})) as { details: { code: string } };
      assert.equal(ack.details.code, 'unknown-event');
      assert.ok(JSON.stringify(ack).length < 1_000);
    }
    await provesUseful(ada);
  });

  test('nobody speaks with the id of an agent: message, join, typing', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await bob.done('join', { roomId, agentId });
    for (const userId of [agentId, agentId.toUpperCase()]) {
      await ada.refused('speaking-as-agent', 'message', { roomId, userId, text: 'I am the agent.' });
      await ada.refused('speaking-as-agent', 'join', { roomId, userId });
      await ada.refused('speaking-as-agent', 'typing', { roomId, userId, isTyping: true });
    }
    await Promise.all([ada.settled(), bob.settled()]);
    assert.deepEqual(bob.all('messageBroadcast'), []);
    assert.deepEqual(bob.all('userTyping'), []);
    assert.deepEqual(bob.all('userJoined'), []);
    const { channels, seq } = await bob.world({ roomId });
    assert.deepEqual([channels[roomId]?.participants.toSorted(), seq], [[bob.id, agentId].sort(), 0]);
    await provesUseful(ada);
  });

  test('nor with the id of its handshake', async (t) => {
    const agentId = await (await wire.connect(t)).agentId();
    const [roomId, impostor] = [crypto.randomUUID(), await wire.open(t, { auth: { entityId: agentId } })];
    const { event } = await impostor.untilOneOf(['connect_error', 'connection_established']);
    // A server may refuse it at the door; if it does not, it refuses everything that is said.
    if (event === 'connect_error') return;
    await impostor.refused('speaking-as-agent', 'message', { roomId, text: 'I am the agent.' });
    await impostor.refused('speaking-as-agent', 'join', { roomId });
  });

  test('a refusal makes no room', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.refused('invalid-payload', 'join', { roomId, since: 'yesterday' });
    await ada.refused('invalid-payload', 'message', { roomId, text: 7 });
    await ada.refused('speaking-as-agent', 'message', { roomId, userId: agentId, text: 'x' });
    await ada.refused('unknown-event', 'mesage', { roomId, text: 'x' });
    await ada.refused('text-too-long', 'message', { roomId, text: 'x'.repeat(ada.limits.maxTextLength + 1) });
    await ada.refused('channel-not-found', 'request-world-state', { roomId });
  });
});
