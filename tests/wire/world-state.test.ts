/** `request-world-state`: of one room, or of all rooms that one takes part in and every agent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBothRooms, assertBroadcast, assertKeys, assertTime, assertUuid, defaultServerId } from './shapes.ts';
import { overEachTransport } from './support.ts';

const maps = ['agents', 'users', 'channels', 'messages'] as const;

overEachTransport('world-state', (wire) => {
  test('of a room: the shape of every field, maps by id', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: crypto.randomUUID(), name: 'Ada' } });
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    await ada.done('message', { roomId, text: 'Hello!', messageId: 'm-1' });
    await ada.until('messageComplete');
    const ack = await ada.done('request-world-state', { roomId });
    assertKeys(ack, ['ok', 'channelId', 'roomId', 'seq'], 'the ack of request-world-state');
    assertBothRooms(ack, roomId, 'the ack');
    const world = await ada.until('world-state', (state) => state.roomId === roomId);
    const keys = ['serverId', 'messageServerId', 'channelId', 'roomId', 'seq', 'timestamp', ...maps];
    assertKeys(world, keys, 'world-state');
    assertBothRooms(world, roomId, 'world-state');
    assert.deepEqual([world.serverId, world.messageServerId], [defaultServerId, defaultServerId]);
    assert.deepEqual([world.seq, ack.seq], [2, 2]);
    assertTime(world.timestamp, 'timestamp');
    for (const map of maps) {
      for (const [id, entry] of Object.entries(world[map])) assert.equal(entry.id, id, `${map} is a map by id`);
    }
    const agent = world.agents[agentId];
    assert.ok(agent);
    assertKeys(agent, ['id', 'name', 'status', 'bio', 'model'], 'an agent');
    assert.ok(typeof agent.name === 'string' && agent.name !== '');
    assert.equal(agent.status, 'active');
    assert.ok(Array.isArray(agent.bio) && agent.bio.every((line) => typeof line === 'string'));
    assert.ok(agent.model === null || typeof agent.model === 'string');
    assert.deepEqual(world.users, { [ada.id]: { id: ada.id, name: 'Ada' } });
    const channel = world.channels[roomId];
    assert.ok(channel);
    const channelKeys = [
      'id',
      'serverId',
      'messageServerId',
      'name',
      'type',
      'seq',
      'createdAt',
      'participantCount',
      'participants',
    ];
    assertKeys(channel, channelKeys, 'a channel');
    assert.deepEqual([channel.type, channel.seq, channel.serverId], ['DM', 2, defaultServerId]);
    assert.equal(typeof channel.name, 'string');
    assertTime(channel.createdAt, 'createdAt');
    assert.deepEqual(channel.participants.toSorted(), [ada.id, agentId].sort());
    for (const message of Object.values(world.messages)) assertBroadcast(message);
  });

  test('a message in it is the one that was broadcast', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    await ada.done('message', { roomId, text: 'Hello', name: 'Ada', metadata: { a: [1] }, messageId: 'm-1' });
    const heard = await bob.until('messageBroadcast');
    assert.deepEqual((await bob.world({ roomId })).messages, { [heard.id]: heard });
  });

  test('messages are the last ones, oldest first; limit says how many', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const texts = Array.from({ length: 60 }, (_, index) => `m${index + 1}`);
    await Promise.all(texts.map((text) => ada.done('message', { roomId, text })));
    for (const [limit, count] of [
      [undefined, 50],
      [1, 1],
      [7, 7],
      [60, 60],
      [200, 60],
    ] as const) {
      const { messages, seq } = await ada.world({ roomId, limit });
      const shown = Object.values(messages).map(({ text }) => text);
      assert.deepEqual(shown, texts.slice(-count), `limit ${limit}`);
      assert.equal(seq, 60);
    }
  });

  test('limit takes 1 to 200', async (t) => {
    const ada = await wire.connect(t);
    for (const limit of [0, -1, 201, 1.5, '5', null]) {
      if (limit === null) await ada.done('request-world-state', { limit });
      else
        assert.equal(
          (await ada.refused('invalid-payload', 'request-world-state', { limit })).details.issues?.[0]?.path,
          'limit',
        );
    }
  });

  test('without roomId: all my rooms and no other, each with its last messages', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [one, two, foreign] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    for (const text of ['a', 'b', 'c']) await ada.done('message', { roomId: one, text });
    await ada.done('join', { roomId: two });
    await bob.done('message', { roomId: two, text: 'd' });
    await bob.done('message', { roomId: foreign, text: 'e' });
    const world = await ada.world({ limit: 2 });
    assertKeys(world, ['serverId', 'messageServerId', 'seq', 'timestamp', ...maps], 'world-state');
    assert.deepEqual(Object.keys(world.channels).sort(), [one, two].sort());
    assert.deepEqual(Object.keys(world.users).sort(), [ada.id, bob.id].sort());
    assert.equal(world.seq, 3);
    const shown = Object.values(world.messages);
    const textsOf = (roomId: string) => shown.filter((message) => message.roomId === roomId).map(({ text }) => text);
    assert.deepEqual([textsOf(one), textsOf(two), shown.length], [['b', 'c'], ['d'], 3]);
  });

  test('a room that was left is no longer mine', async (t) => {
    const ada = await wire.connect(t);
    const [stay, go] = [crypto.randomUUID(), crypto.randomUUID()];
    for (const roomId of [stay, go]) await ada.done('join', { roomId });
    await ada.done('leave', { roomId: go });
    assert.deepEqual(Object.keys((await ada.world()).channels), [stay]);
  });

  test('a stranger, with no room yet, finds the agents, and with them whom to talk to', async (t) => {
    const ada = await wire.connect(t);
    const from = ada.arrived.length;
    ada.send('request-world-state');
    const { agents, users, channels, messages, seq } = await ada.until('world-state', () => true, from);
    assert.deepEqual([users, channels, messages, seq], [{}, {}, {}, 0]);
    const [agent] = Object.values(agents).filter(({ status }) => status === 'active');
    assertUuid(agent?.id, 'the id of an agent');
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId, agentId: agent?.id });
    await ada.done('message', { roomId, text: 'Hello!' });
    const answer = await ada.until('messageBroadcast', ({ senderId }) => senderId === agent?.id);
    assert.equal(answer.senderName, agent?.name);
  });

  test('of a room: only the agents and users that are in it', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId: crypto.randomUUID(), agentId });
    await bob.done('join', { roomId });
    const { agents, users, channels } = await ada.world({ roomId });
    assert.deepEqual([agents, Object.keys(users), Object.keys(channels)], [{}, [bob.id], [roomId]]);
  });

  test('an unknown room is refused, and not made by asking', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    for (const _again of [1, 2]) {
      const { details } = await ada.refused('channel-not-found', 'request-world-state', { roomId });
      assert.equal(details.roomId, roomId);
    }
  });

  test('the answer goes to the one who asked, and to nobody else', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await bob.done('join', { roomId });
    await ada.world({ roomId });
    const from = bob.arrived.length;
    await bob.settled();
    assert.equal(bob.all('world-state', () => true, from).length, 1, 'only its own');
  });
});
