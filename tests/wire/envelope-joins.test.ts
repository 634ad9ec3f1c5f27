/**
 * The envelope's join, `{type: 1}` and "1": who is told what, who has joined under which name, what the room becomes,
 * and what of the server is looked at.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBroadcast, assertKeys, defaultServerId } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

const uuid = () => crypto.randomUUID();
/** Joins by envelope what must let in; the acknowledgement is that of `join`. */
const join = (client: Client, payload: object) => client.done('message' as 'join', { type: 1, payload });
const joinByNumber = (client: Client, payload: object) => client.done('1' as 'join', payload);

overEachTransport('the envelope joins', (wire) => {
  for (const [how, enter] of [
    ['{type: 1}', join],
    ['"1"', joinByNumber],
  ] as const) {
    test(`${how}: channel_joined, then room_joined, the same in both, to the joiner only`, async (t) => {
      const [ada, bob] = [await wire.connect(t, { auth: { entityId: uuid() } }), await wire.connect(t)];
      const channelId = uuid();
      await enter(bob, { channelId });
      const from = bob.arrived.length;
      const ack = await enter(ada, { channelId, roomId: channelId, entityId: ada.id });
      assertKeys(ack, ['ok', 'channelId', 'roomId', 'serverId', 'entityId', 'type', 'seq'], 'the ack');
      const [first, second] = ada.arrived.slice(-2);
      assert.deepEqual([first?.event, second?.event], ['channel_joined', 'room_joined']);
      assert.deepEqual(first?.payload, second?.payload);
      const { message, ...rest } = (first?.payload ?? {}) as Record<string, unknown>;
      assert.ok(typeof message === 'string' && message !== '');
      assert.deepEqual(rest, { channelId, roomId: channelId });
      await bob.settled();
      const told = bob.arrived.slice(from).filter(({ event }) => event !== 'world-state');
      assert.deepEqual(told, [{ event: 'userJoined', payload: { userId: ada.id, channelId, roomId: channelId } }]);
    });
  }

  test('without a callback it is answered by the two events', async (t) => {
    const ada = await wire.connect(t);
    const channelId = uuid();
    ada.send('message', { type: 1, payload: { channelId } });
    assert.equal((await ada.until('channel_joined')).channelId, channelId);
    assert.equal((await ada.until('room_joined')).channelId, channelId);
  });

  test('roomId alone will do, and channelId wins over it', async (t) => {
    const ada = await wire.connect(t);
    const [one, two] = [uuid(), uuid()];
    assert.equal((await join(ada, { roomId: one })).channelId, one);
    assert.equal((await join(ada, { channelId: null, roomId: one })).channelId, one);
    assert.equal((await join(ada, { channelId: two, roomId: one })).channelId, two);
  });

  test('agentId comes back, and that agent takes part from then on', async (t) => {
    const ada = await wire.connect(t);
    const [channelId, agentId] = [uuid(), await ada.agentId()];
    await join(ada, { channelId });
    assert.ok(!('agentId' in (await ada.until('channel_joined'))));
    const from = ada.arrived.length;
    assert.equal((await join(ada, { channelId, agentId })).agentId, agentId);
    for (const event of ['channel_joined', 'room_joined'] as const)
      assert.equal((await ada.until(event, () => true, from)).agentId, agentId);
    const { channels } = await ada.world({ roomId: channelId });
    assert.deepEqual(channels[channelId]?.participants.toSorted(), [ada.id, agentId].sort());
    await ada.refused('agent-not-found', 'message', { type: 1, payload: { channelId: uuid(), agentId: uuid() } });
  });

  test('entityId joins, whatever the id of the handshake; without it that one does', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: uuid() } });
    const [one, two, entityId] = [uuid(), uuid(), uuid()];
    assert.equal((await join(ada, { channelId: one, entityId })).entityId, entityId);
    const participants = (await ada.world({ roomId: one })).channels[one]?.participants ?? [];
    assert.deepEqual([participants.includes(entityId), participants.includes(ada.id)], [true, false]);
    assert.equal((await join(ada, { channelId: two })).entityId, ada.id);
    const agentId = await ada.agentId();
    await ada.refused('speaking-as-agent', 'message', { type: 1, payload: { channelId: uuid(), entityId: agentId } });
  });

  test('displayName is the name, or else username', async (t) => {
    const ada = await wire.connect(t);
    for (const [names, name] of [
      [{ displayName: 'Ada' }, 'Ada'],
      [{ username: 'ada' }, 'ada'],
      [{ username: 'ada', displayName: 'Ada' }, 'Ada'],
      [{ username: 'ada', displayName: null }, 'ada'],
      [{}, 'User'],
    ] as const) {
      const [channelId, entityId] = [uuid(), uuid()];
      await join(ada, { channelId, entityId, ...names });
      assert.deepEqual((await ada.world({ roomId: channelId })).users, { [entityId]: { id: entityId, name } });
    }
  });

  test('metadata.isDm or metadata.channelType "DM" makes a new room a DM; any other is a GROUP', async (t) => {
    const ada = await wire.connect(t);
    for (const [metadata, type] of [
      [{ isDm: true }, 'DM'],
      [{ channelType: 'DM' }, 'DM'],
      [{ isDm: true, channelType: 'GROUP' }, 'DM'],
      [{ isDm: false }, 'GROUP'],
      [{ channelType: 'GROUP' }, 'GROUP'],
      [{ channelType: 'FEED' }, 'GROUP'],
      [{}, 'GROUP'],
      [null, 'GROUP'],
    ] as const) {
      assert.equal((await join(ada, { channelId: uuid(), metadata })).type, type, JSON.stringify(metadata));
    }
  });

  test('either name of the server will do, or none; an unknown one matters only where the room is new', async (t) => {
    const ada = await wire.connect(t);
    for (const server of [
      {},
      { serverId: defaultServerId },
      { messageServerId: defaultServerId },
      { messageServerId: null, serverId: null },
    ]) {
      assert.equal((await join(ada, { channelId: uuid(), ...server })).serverId, defaultServerId);
    }
    const channelId = uuid();
    for (const unknown of [{ serverId: uuid() }, { messageServerId: uuid() }]) {
      await ada.refused('server-not-found', 'message', { type: 1, payload: { channelId, ...unknown } });
    }
    await ada.refused('channel-not-found', 'request-world-state', { roomId: channelId });
    await join(ada, { channelId });
    assert.equal((await join(ada, { channelId, messageServerId: uuid() })).serverId, defaultServerId);
  });

  test('what was said before is not repeated; what is said after is heard', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const channelId = uuid();
    await bob.done('message', { roomId: channelId, text: 'before' });
    await join(ada, { channelId });
    await bob.done('message', { roomId: channelId, text: 'after' });
    await ada.settled();
    const heard = ada.all('messageBroadcast');
    assert.deepEqual(
      heard.map(({ text }) => text),
      ['after'],
    );
    for (const message of heard) assertBroadcast(message);
  });
});
