/** `typing`, which is told and not kept, and `cancel` where nothing runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBothRooms, assertKeys } from './shapes.ts';
import { overEachTransport } from './support.ts';

overEachTransport('typing and cancel', (wire) => {
  test('typing is told to the others, with its state, and not to oneself', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await bob.done('join', { roomId });
    for (const isTyping of [true, false])
      assertBothRooms(await ada.done('typing', { roomId, isTyping }), roomId, 'the ack');
    const told = await bob.untilCount('userTyping', 2);
    for (const typing of told) {
      assertKeys(typing, ['userId', 'isTyping', 'channelId', 'roomId'], 'userTyping');
      assertBothRooms(typing, roomId, 'userTyping');
      assert.equal(typing.userId, ada.id);
    }
    assert.deepEqual(
      told.map(({ isTyping }) => isTyping),
      [true, false],
    );
    await ada.settled();
    assert.deepEqual(ada.all('userTyping'), []);
  });

  test('typing of another userId is told as that user', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, userId] = [crypto.randomUUID(), crypto.randomUUID()];
    await bob.done('join', { roomId });
    await ada.done('typing', { roomId, userId, isTyping: true });
    assert.equal((await bob.until('userTyping')).userId, userId);
  });

  test('typing is not stored: no seq, no message, nothing for those who come later', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await ada.done('typing', { roomId, isTyping: true });
    assert.equal((await bob.done('join', { roomId, since: 0 })).seq, 0);
    await bob.settled();
    assert.deepEqual([bob.all('userTyping'), bob.all('messageBroadcast')], [[], []]);
    assert.equal((await ada.done('message', { roomId, text: 'the first' })).seq, 1);
  });

  test('typing keeps its place among the messages of its sender', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    await ada.done('typing', { roomId, isTyping: true });
    await ada.done('message', { roomId, text: 'done' });
    await bob.until('messageBroadcast');
    const events = bob.arrived.map(({ event }) => event);
    assert.ok(events.indexOf('userTyping') >= 0 && events.indexOf('userTyping') < events.indexOf('messageBroadcast'));
  });

  test('whoever left is told nothing', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await bob.done('join', { roomId });
    await bob.done('leave', { roomId });
    await ada.done('typing', { roomId, isTyping: true });
    await bob.settled();
    assert.deepEqual(bob.all('userTyping'), []);
  });

  test('cancel where no turn runs: nothing is cancelled, and that is no error', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    const ack = await ada.done('cancel', { roomId });
    assertKeys(ack, ['ok', 'channelId', 'roomId', 'cancelled'], 'the ack of cancel');
    assertBothRooms(ack, roomId, 'the ack');
    assert.equal(ack.cancelled, 0);
    const { messageId } = await ada.done('message', { roomId, text: 'Hello!' });
    await ada.until('messageComplete');
    assert.equal((await ada.done('cancel', { roomId })).cancelled, 0);
    assert.equal((await ada.done('cancel', { roomId, messageId })).cancelled, 0);
    assert.equal((await ada.done('cancel', { roomId, messageId: crypto.randomUUID() })).cancelled, 0);
    await ada.settled();
    assert.equal(ada.all('messageComplete').length, 1);
  });

  test('cancel right behind a message: it is completed once, answered or cancelled', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    for (const _round of Array(5)) {
      ada.send('message', { roomId, text: 'Never mind.' });
      ada.send('cancel', { roomId });
    }
    const completed = await ada.untilCount('messageComplete', 5);
    for (const { outcome } of completed) assert.ok(['answered', 'cancelled'].includes(outcome), outcome);
    await ada.settled();
    assert.equal(ada.all('messageComplete').length, 5);
  });

  test('typing and cancel in an unknown room are refused, and make none', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.refused('channel-not-found', 'typing', { roomId, isTyping: true });
    await ada.refused('channel-not-found', 'cancel', { roomId });
    await ada.refused('channel-not-found', 'request-world-state', { roomId });
  });
});
