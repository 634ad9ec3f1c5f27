/** What a message causes: chunks, the answer, the input control round it, and one messageComplete, last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBothRooms, assertComplete, assertKeys } from './shapes.ts';
import { type Arrival, overEachTransport } from './support.ts';

/** A socket that joined with an agent hears its log entries too; they are no part of this order. */
const withoutLog = (arrivals: Arrival[]): Arrival[] =>
  arrivals.filter(({ event }) => event !== 'logEntry' && event !== 'log_stream');

overEachTransport('turns', (wire) => {
  test('the order: broadcast, messageAck, disable, chunks, the answer, enable, messageComplete last', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    const from = ada.arrived.length;
    await ada.done('message', { roomId, text: 'I feel a little lost.' });
    await ada.until('messageComplete');
    await ada.settled();
    const marker = ada.arrived.findLastIndex(({ event }) => event === 'world-state');
    const order = withoutLog(ada.arrived.slice(from, marker)).map(({ event, payload }) => {
      return event === 'controlMessage' ? (payload as { action: string }).action : event;
    });
    const once = order.filter((event, index) => event !== 'messageStreamChunk' || order[index - 1] !== event);
    const stages = ['messageBroadcast', 'messageAck', 'disable_input', 'messageStreamChunk', 'messageBroadcast'];
    assert.deepEqual(once, [...stages, 'enable_input', 'messageComplete']);
  });

  test('the others in the room see the same, but for messageAck', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    await bob.done('join', { roomId });
    await ada.until('userJoined');
    const [fromAda, fromBob] = [ada.arrived.length, bob.arrived.length];
    await ada.done('message', { roomId, text: 'I feel a little lost.' });
    await Promise.all([ada.until('messageComplete'), bob.until('messageComplete')]);
    const seen = withoutLog(ada.arrived.slice(fromAda)).filter(({ event }) => event !== 'messageAck');
    assert.deepEqual(bob.arrived.slice(fromBob), seen);
  });

  test('chunks have the id of the final broadcast, count from 0, and make up its text', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    await ada.done('message', { roomId, text: 'My mother does not listen to me.' });
    await ada.until('messageComplete');
    const answer = await ada.until('messageBroadcast', ({ senderId }) => senderId === agentId);
    const chunks = ada.all('messageStreamChunk');
    assert.ok(chunks.length > 0);
    chunks.forEach((chunk, index) => {
      assertKeys(chunk, ['messageId', 'chunk', 'index', 'agentId', 'channelId', 'roomId'], 'messageStreamChunk');
      assertBothRooms(chunk, roomId, 'messageStreamChunk');
      assert.deepEqual([chunk.messageId, chunk.index, chunk.agentId], [answer.id, index, agentId]);
    });
    assert.equal(
      chunks
        .map(({ chunk }) => chunk)
        .join('')
        .trim(),
      answer.text.trim(),
    );
  });

  test('messageComplete comes exactly once, and says how each turn ended', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    const { messageId } = await ada.done('message', { roomId, text: 'Hello!' });
    const complete = await ada.until('messageComplete');
    assertComplete(complete, roomId, messageId);
    assert.deepEqual(complete.turns, [{ agentId, outcome: 'answered' }]);
    assert.equal(complete.outcome, 'answered');
    await ada.settled();
    assert.equal(ada.all('messageComplete').length, 1);
  });

  test('controlMessage disables the input, then enables it again', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    await ada.done('message', { roomId, text: 'Hello!' });
    await ada.until('messageComplete');
    const controls = ada.all('controlMessage');
    assert.deepEqual(
      controls.map(({ action }) => action),
      ['disable_input', 'enable_input'],
    );
    for (const control of controls) {
      assertKeys(control, ['action', 'channelId', 'roomId'], 'controlMessage');
      assertBothRooms(control, roomId, 'controlMessage');
    }
  });

  test('an agent answers no agent: its own message is never completed', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    const { messageId } = await ada.done('message', { roomId, text: 'Hello!' });
    await ada.until('messageComplete');
    await ada.settled();
    assert.equal((await ada.world({ roomId })).seq, 2);
    assert.deepEqual(
      ada.all('messageComplete').map((complete) => complete.messageId),
      [messageId],
    );
  });

  test('whoever left before the answer hears nothing of it; the answer is kept', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    const bob = await wire.connect(t);
    await bob.done('join', { roomId, agentId });
    ada.send('message', { roomId, text: 'Hello!' });
    const { channelId } = await ada.done('leave', { roomId });
    assert.equal(channelId, roomId);
    const left = ada.arrived.findIndex(({ event }) => event === 'channel_left');
    await bob.until('messageComplete');
    await ada.settled();
    const after = withoutLog(ada.arrived.slice(left + 1));
    // What the sender is owed for its own message may still come: its copy and its acknowledgement.
    const owed = ['messageBroadcast', 'messageAck', 'room_left', 'world-state'];
    assert.deepEqual(
      after.filter(({ event }) => !owed.includes(event)),
      [],
    );
    assert.ok(after.filter(({ event }) => event === 'messageBroadcast').length <= 1);
    assert.equal((await bob.world({ roomId })).seq, 2);
  });
});
