/** Once: the same messageId again gets the first answer and causes nothing, from any socket of the sender. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachTransport } from './support.ts';

overEachTransport('retry', (wire) => {
  test('a retry returns the same ack and causes no second broadcast, answer or completion', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    await bob.done('join', { roomId });
    const message = { roomId, text: 'Hello!', messageId: 'm-1' };
    const first = await ada.done('message', message);
    await Promise.all([ada.until('messageComplete'), bob.until('messageComplete')]);
    assert.deepEqual(await ada.done('message', message), first);
    await Promise.all([ada.settled(), bob.settled()]);
    for (const one of [ada, bob]) {
      assert.equal(one.all('messageBroadcast').length, 2, 'the message and its answer');
      assert.equal(one.all('messageComplete').length, 1);
    }
    assert.equal((await ada.world({ roomId })).seq, 2);
  });

  test('on another socket of the same user, over the other transport, it is the same retry', async (t) => {
    const auth = { entityId: crypto.randomUUID() };
    const transports = [wire.transport === 'polling' ? 'websocket' : 'polling'];
    const [ada, again] = [await wire.connect(t, { auth }), await wire.connect(t, { auth, transports })];
    const roomId = crypto.randomUUID();
    const message = { roomId, text: 'Hello', messageId: 'm-1' };
    const first = await ada.done('message', message);
    assert.deepEqual(await again.done('message', message), first);
    await Promise.all([ada.settled(), again.settled()]);
    assert.equal(ada.all('messageBroadcast').length, 1);
    assert.equal(ada.all('messageComplete').length, 1);
    assert.deepEqual(again.all('messageBroadcast'), []);
    assert.deepEqual(again.all('messageComplete'), []);
    const { seq, messages } = await ada.world({ roomId });
    assert.deepEqual([seq, Object.keys(messages)], [1, [first.messageId]]);
  });

  test('userId makes it the same sender on a socket without an id of its own', async (t) => {
    const [ada, again] = [await wire.connect(t), await wire.connect(t)];
    const message = { roomId: crypto.randomUUID(), userId: crypto.randomUUID(), text: 'Hello', messageId: 'm-1' };
    const first = await ada.done('message', message);
    assert.deepEqual(await again.done('message', message), first);
  });

  test('a retry that overtakes the first acknowledgement: both get the same', async (t) => {
    const ada = await wire.connect(t);
    const message = { roomId: crypto.randomUUID(), text: 'Hello', messageId: 'm-1' };
    const acks = await Promise.all([1, 2, 3].map(() => ada.done('message', message)));
    assert.deepEqual(acks[1], acks[0]);
    assert.deepEqual(acks[2], acks[0]);
    await ada.settled();
    assert.equal(ada.all('messageBroadcast').length, 1);
    assert.equal(ada.all('messageComplete').length, 1);
  });

  test('every retry is answered by messageAck too', async (t) => {
    const ada = await wire.connect(t);
    const message = { roomId: crypto.randomUUID(), text: 'Hello', messageId: 'm-1' };
    ada.send('message', message);
    ada.send('message', message);
    const [first, second] = await ada.untilCount('messageAck', 2);
    assert.deepEqual(second, first);
  });

  test('whoever retries hears the room again: it counts as sending', async (t) => {
    const auth = { entityId: crypto.randomUUID() };
    const [ada, again, bob] = [await wire.connect(t, { auth }), await wire.connect(t, { auth }), await wire.connect(t)];
    const message = { roomId: crypto.randomUUID(), text: 'Hello', messageId: 'm-1' };
    await ada.done('message', message);
    await again.done('message', message);
    await bob.done('message', { roomId: message.roomId, text: 'heard by both' });
    for (const one of [ada, again]) await one.until('messageBroadcast', ({ text }) => text === 'heard by both');
  });

  test('the same messageId for another text is refused, and nothing is stored or said', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    await ada.done('message', { roomId, text: 'the first', messageId: 'm-1' });
    const reused = { roomId, text: 'the second', messageId: 'm-1' };
    const { details } = await ada.refused('message-id-reused', 'message', reused);
    assert.deepEqual([details.clientMessageId, details.roomId], ['m-1', roomId]);
    await Promise.all([ada.settled(), bob.settled()]);
    assert.deepEqual(
      bob.all('messageBroadcast').map(({ text }) => text),
      ['the first'],
    );
    assert.equal(ada.all('messageAck').length, 1);
    assert.equal((await ada.world({ roomId })).seq, 1);
  });

  test('two different texts with one messageId at the same time: one is stored, the other refused', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const first = ada.done('message', { roomId, text: 'the first', messageId: 'm-1' });
    const second = ada.refused('message-id-reused', 'message', { roomId, text: 'the second', messageId: 'm-1' });
    await Promise.all([first, second]);
    assert.deepEqual(
      Object.values((await ada.world({ roomId })).messages).map(({ text }) => text),
      ['the first'],
    );
  });

  test('the same messageId of another sender, or in another room, is another message', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [here, there] = [crypto.randomUUID(), crypto.randomUUID()];
    const message = { text: 'Hello', messageId: 'm-1' };
    const acks = [
      await ada.done('message', { ...message, roomId: here }),
      await bob.done('message', { ...message, roomId: here }),
      await ada.done('message', { ...message, roomId: there }),
    ];
    assert.deepEqual(
      acks.map(({ seq }) => seq),
      [1, 2, 1],
    );
    assert.equal(new Set(acks.map(({ messageId }) => messageId)).size, 3);
  });

  test('without a messageId the same text twice is two messages', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    assert.equal((await ada.done('message', { roomId, text: 'again' })).seq, 1);
    assert.equal((await ada.done('message', { roomId, text: 'again' })).seq, 2);
  });
});
