/**
 * The envelope that Eliza OS clients use in the field: `message` with `{type, payload}`, and the events "1" and "2". Joins,
 * sends, defaults, what is made by itself, who hears what in which order, and that both dialects share one room.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, overEachTransport } from './support.ts';

const zeroServer = '00000000-0000-0000-0000-000000000000';
const uuid = () => crypto.randomUUID();
const join = (payload: object) => ['message', { type: 1, payload }] as const;
const send = (payload: object) => ['message', { type: 2, payload }] as const;

/** Emits an envelope that must be accepted. */
async function accepted(client: Client, [event, body]: readonly [string, object]): Promise<Record<string, unknown>> {
  const ack = (await client.ask(event, body)) as Record<string, unknown>;
  assert.equal(ack.ok, true, JSON.stringify(ack));
  return ack;
}

overEachTransport('the envelope', (wire) => {
  for (const [how, spell] of [
    ['{type: 1}', join],
    ['"1"', (payload: object) => ['1', payload] as const],
  ] as const) {
    test(`${how} joins: channel_joined, then room_joined, the same in both`, async (t) => {
      const ada = await wire.connect(t, { auth: { entityId: uuid() } });
      const channelId = uuid();
      await accepted(ada, spell({ channelId, roomId: channelId, entityId: ada.id }));
      const [first, second] = ada.arrived.slice(-2);
      assert.deepEqual([first?.event, second?.event], ['channel_joined', 'room_joined']);
      assert.deepEqual(first?.payload, second?.payload);
      const { message, ...rest } = (first?.payload ?? {}) as Record<string, unknown>;
      assert.equal(typeof message, 'string');
      assert.deepEqual(rest, { channelId, roomId: channelId });
    });
  }

  test('roomId alone will do, channelId wins over it, and agentId comes back', async (t) => {
    const ada = await wire.connect(t);
    const [one, two, agentId] = [uuid(), uuid(), await ada.agentId()];
    assert.equal((await accepted(ada, join({ roomId: one, agentId }))).channelId, one);
    assert.equal((await ada.until('channel_joined')).agentId, agentId);
    assert.equal((await accepted(ada, join({ channelId: two, roomId: one }))).channelId, two);
  });

  for (const [how, spell] of [
    ['{type: 2}', send],
    ['"2"', (payload: object) => ['2', payload] as const],
  ] as const) {
    test(`${how} sends: the others hear it, then the sender does, then it is acknowledged, answered and completed`, async (t) => {
      const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
      const [channelId, senderId, agentId] = [uuid(), uuid(), await ada.agentId()];
      await accepted(bob, join({ channelId }));
      await accepted(ada, join({ channelId, agentId }));
      const from = ada.arrived.length;
      await accepted(
        ada,
        spell({
          senderId,
          senderName: 'Ada',
          message: 'Hello.',
          channelId,
          roomId: channelId,
          messageServerId: zeroServer,
          messageId: 'field-1',
          source: 'client_chat',
          attachments: [],
          metadata: { channelType: 'GROUP' },
        }),
      );
      const done = await ada.until('messageComplete', () => true, from);
      const own = await ada.until('messageBroadcast', (message) => message.senderId === senderId);
      assert.equal(own.clientMessageId, 'field-1');
      assert.equal(done.messageId, own.id);
      const { clientMessageId: _, ...shared } = own;
      assert.deepEqual(await bob.until('messageBroadcast', (message) => message.senderId === senderId), shared);
      assert.deepEqual(
        [own.senderName, own.text, own.source, own.metadata],
        ['Ada', 'Hello.', 'client_chat', { channelType: 'GROUP' }],
      );
      const ack = await ada.until('messageAck');
      assert.deepEqual(ack, {
        clientMessageId: 'field-1',
        messageId: own.id,
        seq: 1,
        status: 'received_by_server_and_processing',
        channelId,
        roomId: channelId,
      });
      const order = ada.arrived.slice(from).map(({ event }) => event);
      const places = ['messageBroadcast', 'messageAck', 'messageStreamChunk', 'messageComplete'].map((event) =>
        order.indexOf(event),
      );
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
        order.join(' '),
      );
      const answer = await ada.until('messageBroadcast', (message) => message.senderId === agentId);
      assert.deepEqual([answer.source, answer.inReplyTo], ['agent_response', own.id]);
    });
  }

  test('what is left out has its default; either name of the server will do, or none', async (t) => {
    const ada = await wire.connect(t);
    for (const server of [{}, { serverId: zeroServer }, { messageServerId: zeroServer }, { serverId: null }]) {
      const channelId = uuid();
      await accepted(ada, send({ channelId, senderId: uuid(), message: 'Hello', ...server }));
      const heard = await ada.until('messageBroadcast', (message) => message.channelId === channelId);
      assert.deepEqual(
        [heard.senderName, heard.source, heard.serverId, heard.messageServerId, heard.attachments, heard.metadata],
        ['User', 'socketio_client', zeroServer, zeroServer, [], {}],
      );
      assert.equal((await ada.until('messageAck', (ack) => ack.channelId === channelId)).clientMessageId, null);
    }
  });

  test('a new channel of an unknown server is refused, and not made', async (t) => {
    const ada = await wire.connect(t);
    const [channelId, serverId] = [uuid(), uuid()];
    await ada.refused('server-not-found', ...send({ channelId, senderId: uuid(), message: 'Hello', serverId }));
    await ada.refused('server-not-found', ...join({ channelId, messageServerId: serverId }));
    await ada.refused('channel-not-found', 'request-world-state', { roomId: channelId });
  });

  test('a message to a new channel makes a GROUP in which nobody answers', async (t) => {
    const ada = await wire.connect(t);
    const channelId = uuid();
    await accepted(ada, send({ channelId, senderId: uuid(), message: 'Anybody?' }));
    assert.equal((await ada.until('messageComplete')).outcome, 'no-agent');
    const { channels } = await ada.world({ roomId: channelId });
    assert.deepEqual(
      [channels[channelId]?.type, channels[channelId]?.name],
      ['GROUP', `Chat ${channelId.slice(0, 8)}`],
    );
  });

  for (const [how, where] of [
    ['metadata.targetUserId', (agentId: string) => ({ metadata: { isDm: true, targetUserId: agentId } })],
    ['metadata.recipientId', (id: string) => ({ metadata: { channelType: 'DM', recipientId: id } })],
    ['targetUserId', (agentId: string) => ({ targetUserId: agentId, metadata: { isDm: true } })],
  ] as const) {
    test(`a DM with an agent named by ${how} is made by its first message, and answered`, async (t) => {
      const ada = await wire.connect(t);
      const [channelId, senderId, agentId] = [uuid(), uuid(), await ada.agentId()];
      await accepted(ada, send({ channelId, senderId, message: 'Hello.', ...where(agentId) }));
      assert.equal((await ada.until('messageComplete')).outcome, 'answered');
      const { channels } = await ada.world({ roomId: channelId });
      assert.deepEqual([channels[channelId]?.type, channels[channelId]?.name], ['DM', `DM ${channelId.slice(0, 8)}`]);
      assert.deepEqual(channels[channelId]?.participants.toSorted(), [senderId, agentId].sort());
    });
  }

  test('the official order, join first and then a DM message, is answered too', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: uuid() } });
    const [channelId, agentId] = [uuid(), await ada.agentId()];
    await accepted(ada, join({ channelId, roomId: channelId, entityId: ada.id }));
    const metadata = { channelType: 'DM', isDm: true, targetUserId: agentId };
    await accepted(ada, send({ channelId, roomId: channelId, senderId: ada.id, message: 'Hello.', metadata }));
    assert.equal((await ada.until('messageComplete')).outcome, 'answered');
    const message = await ada.until('messageBroadcast', ({ senderId }) => senderId === ada.id);
    assert.deepEqual(message.metadata, metadata, 'metadata comes back verbatim');
  });

  test('both dialects share one room, one seq and one memory of retries', async (t) => {
    const entityId = uuid();
    const [ada, bob] = [await wire.connect(t, { auth: { entityId } }), await wire.connect(t)];
    const roomId = uuid();
    await bob.done('join', { roomId });
    const first = await accepted(
      ada,
      send({ channelId: roomId, senderId: entityId, message: 'Hello', messageId: 'm' }),
    );
    const second = await ada.done('message', { roomId, userId: entityId, text: 'Hello', messageId: 'm' });
    assert.deepEqual(second, first);
    await bob.done('message', { roomId, text: 'Hi' });
    await bob.settled();
    assert.deepEqual(
      bob.all('messageBroadcast').map(({ seq, text }) => [seq, text]),
      [
        [1, 'Hello'],
        [2, 'Hi'],
      ],
    );
  });

  test('nobody speaks or joins as an agent this way either', async (t) => {
    const ada = await wire.connect(t);
    const [channelId, agentId] = [uuid(), await ada.agentId()];
    await ada.refused('speaking-as-agent', ...send({ channelId, senderId: agentId, message: 'I am Eliza' }));
    await ada.refused('speaking-as-agent', ...join({ channelId, entityId: agentId }));
  });

  test('other types, types that are no number, and payloads that are none get an error; the socket stays up', async (t) => {
    const ada = await wire.connect(t);
    for (const type of [0, 3, 4, 5, 6, 7, -1, 1.5, '1', '2', null, true, [1], {}]) {
      const { details } = await ada.refused('invalid-payload', 'message', { type, payload: { channelId: uuid() } });
      assert.deepEqual(
        details.issues?.map(({ path }) => path),
        ['type'],
        JSON.stringify(type),
      );
    }
    for (const type of [1, 2]) {
      for (const payload of [null, [], 'x', 7, true, {}]) {
        await ada.refused('invalid-payload', 'message', { type, payload });
      }
    }
    const { details } = await ada.refused('invalid-payload', 'message', {
      type: 2,
      payload: { channelId: 'lobby', senderId: uuid(), message: 'x', messageId: 'm-9' },
    });
    assert.deepEqual([details.roomId, details.clientMessageId], ['lobby', 'm-9']);
    await accepted(ada, send({ channelId: uuid(), senderId: uuid(), message: 'still here' }));
  });
});
