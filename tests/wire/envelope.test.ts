/**
 * The envelope that Eliza OS clients use in the field: `message` with `{type, payload}`, and the events "1" and "2". Sends,
 * their defaults, who hears what in which order and shape, and that both dialects share one room.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBroadcast, assertComplete, assertKeys, defaultServerId } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

const uuid = () => crypto.randomUUID();
/** Sends by envelope what must be accepted. */
const send = (client: Client, payload: object) => client.done('message', { type: 2, payload });
const sendByNumber = (client: Client, payload: object) => client.done('2' as 'message', payload);

overEachTransport('the envelope', (wire) => {
  for (const [how, say] of [
    ['{type: 2}', send],
    ['"2"', sendByNumber],
  ] as const) {
    test(`${how} sends: broadcast, messageAck, chunks, the answer under their id, messageComplete`, async (t) => {
      const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
      const [channelId, senderId, agentId] = [uuid(), uuid(), await ada.agentId()];
      await bob.done('join', { roomId: channelId });
      await ada.done('join', { roomId: channelId, agentId });
      const from = ada.arrived.length;
      const metadata = { channelType: 'GROUP', mood: ['curious', null, { deep: true }] };
      const attachments = [{ id: 'a-1', url: '/media/cat.png', contentType: 'image', size: 12 }];
      const result = await say(ada, {
        senderId,
        senderName: 'Ada',
        message: 'Hello.',
        channelId,
        roomId: channelId,
        messageServerId: defaultServerId,
        messageId: 'field-1',
        source: 'client_chat',
        attachments,
        metadata,
      });
      const done = await ada.until('messageComplete', () => true, from);
      const [own, answer] = ada.all('messageBroadcast', () => true, from);
      assert.ok(own && answer);
      assertComplete(done, channelId, own.id);
      assertBroadcast(own, ['clientMessageId']);
      assertBroadcast(answer);
      assert.equal(own.clientMessageId, 'field-1');
      const { clientMessageId: _, ...shared } = own;
      assert.deepEqual(await bob.until('messageBroadcast'), shared);
      assert.deepEqual([own.senderId, own.senderName, own.text], [senderId, 'Ada', 'Hello.']);
      assert.deepEqual([own.source, own.attachments, own.metadata], ['client_chat', attachments, metadata]);
      assert.deepEqual([answer.senderId, answer.source, answer.inReplyTo], [agentId, 'agent_response', own.id]);
      const ack = { clientMessageId: 'field-1', messageId: own.id, seq: 1, channelId, roomId: channelId };
      assert.deepEqual(await ada.until('messageAck'), { ...ack, status: 'received_by_server_and_processing' });
      assert.deepEqual(result, { ok: true, ...ack, createdAt: own.createdAt });
      const chunks = ada.all('messageStreamChunk', () => true, from);
      assert.deepEqual(
        chunks.map(({ messageId, index, agentId }) => [messageId, index, agentId]),
        chunks.map((_, index) => [answer.id, index, agentId]),
      );
      const order = ada.arrived
        .slice(from)
        .map(({ event }) => event)
        .filter((event) => event.startsWith('message'));
      const once = order.filter((event, index) => event !== 'messageStreamChunk' || order[index - 1] !== event);
      assert.deepEqual(once, [
        'messageBroadcast',
        'messageAck',
        'messageStreamChunk',
        'messageBroadcast',
        'messageComplete',
      ]);
    });
  }

  test('what is left out has its default; either name of the server will do, or none', async (t) => {
    const ada = await wire.connect(t);
    for (const server of [
      {},
      { serverId: defaultServerId },
      { messageServerId: defaultServerId },
      { serverId: null, messageServerId: null },
    ]) {
      const channelId = uuid();
      await send(ada, { channelId, senderId: uuid(), message: 'Hello', ...server });
      const heard = await ada.until('messageBroadcast', (message) => message.channelId === channelId);
      assertBroadcast(heard);
      assert.deepEqual(
        [heard.senderName, heard.source, heard.serverId, heard.attachments, heard.metadata],
        ['User', 'socketio_client', defaultServerId, [], {}],
      );
      assert.equal((await ada.until('messageAck', (ack) => ack.channelId === channelId)).clientMessageId, null);
    }
  });

  test('roomId alone will do, and channelId wins over it', async (t) => {
    const ada = await wire.connect(t);
    const [one, two] = [uuid(), uuid()];
    assert.equal((await send(ada, { roomId: one, message: 'x' })).channelId, one);
    assert.equal((await send(ada, { channelId: two, roomId: one, message: 'x' })).channelId, two);
  });

  test('the sender is senderId, whatever the id of the handshake; without it that one is', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: uuid() } });
    const [channelId, senderId] = [uuid(), uuid()];
    await send(ada, { channelId, senderId, message: 'for somebody else', metadata: { isDm: true } });
    await send(ada, { channelId, message: 'for myself' });
    const senders = (await ada.untilCount('messageBroadcast', 2)).map((message) => message.senderId);
    assert.deepEqual(senders, [senderId, ada.id]);
  });

  test('a sender that never joined hears its own message back, and the room from then on', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const channelId = uuid();
    const metadata = { isDm: true };
    ada.send('message', {
      type: 2,
      payload: { channelId, senderId: uuid(), message: 'Hello', messageId: 'm-1', metadata },
    });
    assert.equal((await ada.until('messageBroadcast')).clientMessageId, 'm-1');
    assert.equal((await ada.until('messageAck')).clientMessageId, 'm-1');
    await send(bob, { channelId, message: 'Hi' });
    assert.equal((await ada.until('messageBroadcast', ({ seq }) => seq === 2)).text, 'Hi');
  });

  test('attachments alone are a message', async (t) => {
    const ada = await wire.connect(t);
    const attachments = [{ url: 'https://example.com/cat.png' }];
    await send(ada, { channelId: uuid(), message: '', attachments });
    const { text, attachments: heard } = await ada.until('messageBroadcast');
    assert.deepEqual([text, heard], ['', attachments]);
  });

  test('both dialects share one room, one seq and one memory of retries', async (t) => {
    const entityId = uuid();
    const [ada, bob] = [await wire.connect(t, { auth: { entityId } }), await wire.connect(t)];
    const roomId = uuid();
    await bob.done('join', { roomId });
    const first = await send(ada, { channelId: roomId, senderId: entityId, message: 'Hello', messageId: 'm' });
    const again = { channelId: roomId, senderId: entityId, message: 'Hello', messageId: 'm' };
    assert.deepEqual(await sendByNumber(ada, again), first);
    assert.deepEqual(await ada.done('message', { roomId, userId: entityId, text: 'Hello', messageId: 'm' }), first);
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

  test('nobody speaks as an agent this way either', async (t) => {
    const ada = await wire.connect(t);
    const payload = { channelId: uuid(), senderId: await ada.agentId(), message: 'I am Eliza' };
    await ada.refused('speaking-as-agent', 'message', { type: 2, payload });
    await ada.refused('speaking-as-agent', '2', payload);
    await ada.refused('channel-not-found', 'request-world-state', { roomId: payload.channelId });
  });

  test('other types, and types that are no number, get an error that names the type; the socket stays up', async (t) => {
    const ada = await wire.connect(t);
    const types = [0, 3, 4, 5, 6, 7, -1, 1.5, '1', '2', null, true, [1], {}];
    const calls = types.map((type) => ['message', { type, payload: { channelId: uuid() } }] as const);
    for (const { details } of await ada.allRefused('invalid-payload', calls)) {
      const [issue] = details.issues ?? [];
      assertKeys(issue ?? {}, ['path', 'message'], 'the issue');
      assert.equal(issue?.path, 'type');
      assert.match(issue?.message ?? '', /1.*2/);
    }
    await send(ada, { channelId: uuid(), message: 'still here' });
  });

  test('a payload that is none gets an error; the socket stays up', async (t) => {
    const ada = await wire.connect(t);
    const payloads = [null, undefined, [], 'x', 7, true, {}];
    const bodies = [1, 2].flatMap((type) => payloads.map((payload) => ['message', { type, payload }] as const));
    await ada.allRefused('invalid-payload', [...bodies, ['message', { type: 1 }], ['message', { type: 2 }]]);
    await ada.allRefused(
      'invalid-payload',
      ['1', '2'].flatMap((event) => payloads.map((payload) => [event, payload] as const)),
    );
    await send(ada, { channelId: uuid(), message: 'still here' });
  });
});
