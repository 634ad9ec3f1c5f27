/** Coming and going: join, leave, who is told, and what a room becomes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBothRooms, assertKeys, defaultServerId } from './shapes.ts';
import { overEachTransport } from './support.ts';

const nobody = 'deadbeef-0000-4000-8000-000000000000';

overEachTransport('rooms', (wire) => {
  test('join without an agent makes a GROUP, and says so in both spellings and the ack', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const ack = await ada.done('join', { roomId });
    assertKeys(ack, ['ok', 'channelId', 'roomId', 'serverId', 'entityId', 'type', 'seq'], 'the ack of join');
    assertBothRooms(ack, roomId, 'the ack');
    assert.deepEqual([ack.serverId, ack.entityId, ack.type, ack.seq], [defaultServerId, ada.id, 'GROUP', 0]);
    for (const event of ['channel_joined', 'room_joined'] as const) {
      const joined = await ada.until(event);
      assertKeys(joined, ['message', 'channelId', 'roomId'], event);
      assertBothRooms(joined, roomId, event);
      assert.equal(typeof joined.message, 'string');
    }
  });

  test('join with an agent makes a DM of the two', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    const ack = await ada.done('join', { roomId, agentId });
    assert.deepEqual([ack.type, ack.agentId], ['DM', agentId]);
    assert.equal((await ada.until('channel_joined')).agentId, agentId);
    assert.equal((await ada.until('room_joined')).agentId, agentId);
    const { channels, agents, users } = await ada.world({ roomId });
    assert.equal(channels[roomId]?.type, 'DM');
    assert.deepEqual(channels[roomId]?.participants.toSorted(), [ada.id, agentId].sort());
    assert.deepEqual([Object.keys(agents), Object.keys(users)], [[agentId], [ada.id]]);
  });

  test('a later agentId adds that agent', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId });
    assert.deepEqual(Object.keys((await ada.world({ roomId })).agents), []);
    await ada.done('join', { roomId, agentId });
    const world = await ada.world({ roomId });
    assert.deepEqual(Object.keys(world.agents), [agentId]);
    assert.ok(world.channels[roomId]?.participants.includes(agentId));
    const { messageId } = await ada.done('message', { roomId, text: 'Hello, are you here now?' });
    assert.equal((await ada.until('messageComplete')).messageId, messageId);
    assert.equal((await ada.until('messageComplete')).turns[0]?.agentId, agentId);
  });

  test('an unknown agent is refused, and nothing is joined or made', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    const { details } = await ada.refused('agent-not-found', 'join', { roomId, agentId: nobody });
    assert.equal(details.roomId, roomId);
    await ada.refused('channel-not-found', 'request-world-state', { roomId });
    await bob.done('message', { roomId, text: 'Is anybody here?' });
    await ada.settled();
    assert.deepEqual(ada.all('messageBroadcast'), []);
    assert.deepEqual(ada.all('channel_joined'), []);
    assert.ok(!(await bob.world({ roomId })).channels[roomId]?.participants.includes(ada.id));
  });

  test('an unknown agent changes nothing in a room that one is in already', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await ada.refused('agent-not-found', 'join', { roomId, agentId: nobody });
    await ada.done('message', { roomId, text: 'still here' });
    assert.equal((await ada.until('messageBroadcast')).text, 'still here');
  });

  test('userJoined and userLeft go to the others only', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await bob.done('join', { roomId });
    const came = await ada.until('userJoined');
    assertKeys(came, ['userId', 'channelId', 'roomId'], 'userJoined');
    assert.equal(came.userId, bob.id);
    assertBothRooms(came, roomId, 'userJoined');
    await bob.done('leave', { roomId });
    const left = await ada.until('userLeft');
    assertKeys(left, ['userId', 'channelId', 'roomId'], 'userLeft');
    assert.equal(left.userId, bob.id);
    assertBothRooms(left, roomId, 'userLeft');
    await Promise.all([ada.settled(), bob.settled()]);
    for (const event of ['userJoined', 'userLeft'] as const) {
      assert.equal(ada.all(event).length, 1, `${event} to the other`);
      assert.equal(bob.all(event).length, 0, `${event} to oneself`);
    }
  });

  test('sending without a join is announced to the others like a join', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await bob.done('message', { roomId, text: 'hello' });
    await ada.until('messageBroadcast');
    assert.deepEqual(
      ada.all('userJoined').map(({ userId }) => userId),
      [bob.id],
    );
    await bob.settled();
    assert.deepEqual(bob.all('userJoined'), []);
  });

  test('leave says so in both spellings and the ack, and ends what is heard', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId });
    await bob.done('join', { roomId });
    const ack = await ada.done('leave', { roomId, agentId });
    assertKeys(ack, ['ok', 'channelId', 'roomId'], 'the ack of leave');
    assertBothRooms(ack, roomId, 'the ack');
    for (const event of ['channel_left', 'room_left'] as const) assertBothRooms(await ada.until(event), roomId, event);
    await bob.done('message', { roomId, text: 'behind your back' });
    await ada.settled();
    assert.deepEqual(ada.all('messageBroadcast'), []);
    assert.deepEqual((await bob.world({ roomId })).channels[roomId]?.participants, [bob.id]);
  });

  test('to leave a room that one is not in, or that nobody made, is no error', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    await ada.done('leave', { roomId });
    await ada.done('leave', { roomId: crypto.randomUUID() });
    await bob.settled();
    assert.deepEqual(bob.all('userLeft'), []);
  });

  test('whoever left may come back', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await ada.done('leave', { roomId });
    await ada.done('join', { roomId });
    await ada.done('message', { roomId, text: 'back' });
    assert.equal((await ada.until('messageBroadcast')).text, 'back');
    assert.equal(ada.all('channel_joined').length, 2);
  });

  test('a second join is idempotent: the same answer, no second userJoined, each message once', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    const first = await bob.done('join', { roomId });
    assert.deepEqual(await bob.done('join', { roomId }), first);
    await ada.done('message', { roomId, text: 'once' });
    await Promise.all([ada.settled(), bob.settled()]);
    assert.equal(bob.all('messageBroadcast').length, 1);
    assert.equal(ada.all('userJoined').length, 1);
    assert.deepEqual((await ada.world({ roomId })).channels[roomId]?.participants.toSorted(), [ada.id, bob.id].sort());
  });

  test('a second socket of the same user is no second participant, and the room keeps the one that stays', async (t) => {
    const auth = { entityId: crypto.randomUUID() };
    const [ada, again, bob] = [await wire.connect(t, { auth }), await wire.connect(t, { auth }), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    for (const one of [bob, ada, again]) await one.done('join', { roomId });
    await again.done('leave', { roomId });
    await bob.done('message', { roomId, text: 'who is left?' });
    assert.equal((await ada.until('messageBroadcast')).text, 'who is left?');
    await Promise.all([again.settled(), bob.settled()]);
    assert.deepEqual(again.all('messageBroadcast'), []);
    assert.equal(bob.all('userJoined').length, 1);
    assert.equal(bob.all('userLeft').length, 0);
  });

  test('that holds for a user named by userId too', async (t) => {
    const open = () => wire.connect(t, { auth: { entityId: crypto.randomUUID() } });
    const [ada, again, bob] = [await open(), await open(), await open()];
    const [roomId, userId] = [crypto.randomUUID(), crypto.randomUUID()];
    await bob.done('join', { roomId });
    for (const one of [ada, again]) await one.done('join', { roomId, userId });
    await again.done('leave', { roomId });
    await bob.settled();
    assert.deepEqual(bob.all('userLeft'), []);
    assert.ok((await bob.world({ roomId })).channels[roomId]?.participants.includes(userId));
  });

  test('ids are the same in any case', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [`abcdef${crypto.randomUUID().slice(6)}`, await ada.agentId()];
    await ada.done('join', { roomId: roomId.toUpperCase(), agentId: agentId.toUpperCase() });
    await bob.done('join', { roomId });
    const { seq } = await bob.done('message', { roomId: roomId.toUpperCase(), text: 'one room' });
    assert.equal(seq, 1);
    assertBothRooms(await ada.until('messageBroadcast'), roomId, 'messageBroadcast');
    const { channels } = await bob.world({ roomId: roomId.toUpperCase() });
    assert.deepEqual(Object.keys(channels), [roomId]);
    assert.deepEqual(channels[roomId]?.participants.toSorted(), [ada.id, agentId, bob.id].sort());
  });

  test('a room hears nothing of another', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    await ada.done('join', { roomId: crypto.randomUUID() });
    await bob.done('message', { roomId: crypto.randomUUID(), text: 'elsewhere' });
    await ada.settled();
    assert.deepEqual(ada.all('messageBroadcast'), []);
  });
});
