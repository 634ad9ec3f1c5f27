/** What a message by envelope makes by itself where its channel is new: the channel, its kind and name, and who takes part. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, overEachTransport } from './support.ts';

const uuid = () => crypto.randomUUID();
/** Sends by envelope what must be accepted. */
const send = (client: Client, payload: object) => client.done('message', { type: 2, payload });

/** The channel as the server shows it, its participants sorted. */
async function showChannel(client: Client, channelId: string) {
  const channel = (await client.world({ roomId: channelId })).channels[channelId];
  assert.ok(channel);
  return { type: channel.type, name: channel.name, participants: channel.participants.toSorted() };
}

overEachTransport('the envelope makes channels', (wire) => {
  for (const metadata of [{}, null, undefined, { channelType: 'GROUP' }, { isDm: false }]) {
    test(`with metadata ${JSON.stringify(metadata)}: a GROUP of the sender and the only agent, which answers`, async (t) => {
      const ada = await wire.connect(t);
      const [channelId, senderId] = [uuid(), uuid()];
      await send(ada, { channelId, senderId, message: 'Anybody?', metadata });
      assert.equal((await ada.until('messageComplete')).outcome, 'answered');
      assert.deepEqual(await showChannel(ada, channelId), {
        type: 'GROUP',
        name: `Chat ${channelId.slice(0, 8)}`,
        participants: [senderId, await ada.agentId()].sort(),
      });
    });
  }

  for (const [how, name] of [
    ['metadata.targetUserId', (id: string) => ({ metadata: { isDm: true, targetUserId: id } })],
    ['metadata.recipientId', (id: string) => ({ metadata: { channelType: 'DM', recipientId: id } })],
    ['targetUserId', (id: string) => ({ targetUserId: id, metadata: { isDm: true } })],
    [
      'metadata.targetUserId before the others',
      (id: string) => ({
        targetUserId: uuid(),
        metadata: { isDm: true, channelType: 'DM', recipientId: uuid(), targetUserId: id },
      }),
    ],
    [
      'metadata.recipientId before targetUserId',
      (id: string) => ({ targetUserId: uuid(), metadata: { isDm: true, recipientId: id } }),
    ],
  ] as const) {
    test(`a DM with an agent named by ${how} is made by its first message, and answered`, async (t) => {
      const ada = await wire.connect(t);
      const [channelId, senderId, agentId] = [uuid(), uuid(), await ada.agentId()];
      await send(ada, { channelId, senderId, message: 'Hello.', ...name(agentId) });
      assert.equal((await ada.until('messageComplete')).outcome, 'answered');
      assert.deepEqual(await showChannel(ada, channelId), {
        type: 'DM',
        name: `DM ${channelId.slice(0, 8)}`,
        participants: [senderId, agentId].sort(),
      });
    });
  }

  test('a DM with a person has both of them, and no agent', async (t) => {
    const ada = await wire.connect(t);
    const [channelId, senderId, targetUserId] = [uuid(), uuid(), uuid()];
    await send(ada, { channelId, senderId, message: 'Hello.', metadata: { isDm: true, targetUserId } });
    assert.equal((await ada.until('messageComplete')).outcome, 'no-agent');
    const { type, participants } = await showChannel(ada, channelId);
    assert.deepEqual([type, participants], ['DM', [senderId, targetUserId].sort()]);
  });

  test('a DM without a target is one of the sender', async (t) => {
    const ada = await wire.connect(t);
    const [channelId, senderId] = [uuid(), uuid()];
    await send(ada, { channelId, senderId, message: 'Note to self.', metadata: { isDm: true } });
    const { type, participants } = await showChannel(ada, channelId);
    assert.deepEqual([type, participants], ['DM', [senderId]]);
  });

  test('an agent that is named as target takes part where nothing says DM, too', async (t) => {
    const ada = await wire.connect(t);
    const [one, two, agentId] = [uuid(), uuid(), await ada.agentId()];
    for (const [channelId, metadata, type] of [
      [one, { targetUserId: agentId }, 'DM'],
      [two, { targetUserId: agentId, channelType: 'GROUP' }, 'GROUP'],
    ] as const) {
      const { messageId } = await send(ada, { channelId, senderId: ada.id, message: 'Hello.', metadata });
      const { outcome } = await ada.until('messageComplete', (complete) => complete.messageId === messageId);
      assert.deepEqual([outcome, (await showChannel(ada, channelId)).type], ['answered', type]);
    }
  });

  test('the official order, join first and then a DM message, is answered too', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: uuid() } });
    const [channelId, agentId] = [uuid(), await ada.agentId()];
    await ada.done('message', { type: 1, payload: { channelId, roomId: channelId, entityId: ada.id } });
    const metadata = { channelType: 'DM', isDm: true, targetUserId: agentId };
    await send(ada, { channelId, roomId: channelId, senderId: ada.id, message: 'Hello.', metadata });
    assert.equal((await ada.until('messageComplete')).outcome, 'answered');
    const message = await ada.until('messageBroadcast', ({ senderId }) => senderId === ada.id);
    assert.deepEqual(message.metadata, metadata, 'metadata comes back verbatim');
  });

  test('in a channel that was spoken in, a target invites nobody and nothing changes', async (t) => {
    const ada = await wire.connect(t);
    const [channelId, agentId] = [uuid(), await ada.agentId()];
    await send(ada, { channelId, senderId: ada.id, message: 'The first.', metadata: { isDm: true } });
    const before = await showChannel(ada, channelId);
    const metadata = { isDm: true, targetUserId: agentId };
    const { messageId } = await send(ada, { channelId, senderId: ada.id, message: 'The second.', metadata });
    const { outcome } = await ada.until('messageComplete', (complete) => complete.messageId === messageId);
    assert.equal(outcome, 'no-agent');
    assert.deepEqual(await showChannel(ada, channelId), before);
  });

  test('agentId, there or in the metadata, is a target too', async (t) => {
    const ada = await wire.connect(t);
    const agentId = await ada.agentId();
    for (const named of [{ agentId }, { metadata: { agentId } }]) {
      const channelId = uuid();
      await send(ada, { channelId, senderId: ada.id, message: 'Hello.', ...named });
      assert.deepEqual(await showChannel(ada, channelId), {
        type: 'DM',
        name: `DM ${channelId.slice(0, 8)}`,
        participants: [ada.id, agentId].sort(),
      });
    }
  });

  test('a room that has the id of an agent has that agent in it, whoever opens it and however', async (t) => {
    const ada = await wire.connect(t);
    const agentId = await ada.agentId();
    const payload = { channelId: agentId, senderId: ada.id, message: 'Hello.', metadata: {} };
    const { messageId } = await ada.done('message', { type: 2, payload });
    const { outcome } = await ada.until('messageComplete', (complete) => complete.messageId === messageId);
    assert.equal(outcome, 'answered');
    assert.ok((await showChannel(ada, agentId)).participants.includes(agentId));
  });

  test('an unknown server is refused where the channel is new, and not looked at where it is not', async (t) => {
    const ada = await wire.connect(t);
    const channelId = uuid();
    for (const unknown of [{ serverId: uuid() }, { messageServerId: uuid() }]) {
      const payload = { channelId, senderId: uuid(), message: 'Hello', ...unknown };
      await ada.refused('server-not-found', 'message', { type: 2, payload });
    }
    await ada.refused('channel-not-found', 'request-world-state', { roomId: channelId });
    const metadata = { isDm: true };
    await send(ada, { channelId, senderId: ada.id, message: 'one', metadata });
    assert.equal((await send(ada, { channelId, senderId: ada.id, message: 'two', messageServerId: uuid() })).seq, 2);
  });
});
