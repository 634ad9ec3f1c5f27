/** One message: its broadcast to everyone, its acknowledgement, and everything that it may carry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertBothRooms,
  assertBroadcast,
  assertComplete,
  assertKeys,
  assertTime,
  assertUuid,
  defaultServerId,
} from './shapes.ts';
import { overEachTransport } from './support.ts';

overEachTransport('messages', (wire) => {
  test('every key of messageBroadcast is there; only the sender has clientMessageId', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    await bob.done('join', { roomId });
    await ada.done('message', { roomId, text: 'Hello', messageId: 'm-1' });
    const own = await ada.until('messageBroadcast');
    const other = await bob.until('messageBroadcast');
    assertBroadcast(own, ['clientMessageId']);
    assertBroadcast(other);
    assert.equal(own.clientMessageId, 'm-1');
    const { clientMessageId: _own, ...shared } = own;
    assert.deepEqual(other, shared);
    const { senderId, text, seq, serverId, thought, actions, attachments, metadata, inReplyTo } = other;
    assert.deepEqual([senderId, text, seq, serverId], [ada.id, 'Hello', 1, defaultServerId]);
    assert.deepEqual([thought, actions, attachments, metadata, inReplyTo], [null, [], [], {}, null]);
    assertBothRooms(other, roomId, 'messageBroadcast');
  });

  test('another socket of the sender gets the copy of the others', async (t) => {
    const auth = { entityId: crypto.randomUUID() };
    const [ada, again] = [await wire.connect(t, { auth }), await wire.connect(t, { auth })];
    const roomId = crypto.randomUUID();
    await again.done('join', { roomId });
    await ada.done('message', { roomId, text: 'Hello', messageId: 'm-1' });
    assertBroadcast(await again.until('messageBroadcast'));
  });

  test("an agent's broadcast has the same keys, and says what it answers", async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    const { messageId } = await ada.done('message', { roomId, text: 'Hello!' });
    const answer = await ada.until('messageBroadcast', ({ senderId }) => senderId === agentId);
    assertBroadcast(answer);
    assert.deepEqual([answer.inReplyTo, answer.seq], [messageId, 2]);
    assert.notEqual(answer.text, '');
    assert.equal(answer.senderName, (await ada.world({ roomId })).agents[agentId]?.name);
  });

  test('the acknowledgement, and messageAck', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    const ack = await ada.done('message', { roomId, text: 'Hello', messageId: 'm-1' });
    const keys = ['ok', 'channelId', 'roomId', 'messageId', 'clientMessageId', 'seq', 'createdAt'];
    assertKeys(ack, keys, 'the ack of message');
    assertBothRooms(ack, roomId, 'the ack');
    assertUuid(ack.messageId, 'messageId');
    assertTime(ack.createdAt, 'createdAt');
    assert.deepEqual([ack.clientMessageId, ack.seq], ['m-1', 1]);
    const broadcast = await ada.until('messageBroadcast');
    assert.deepEqual([broadcast.id, broadcast.createdAt], [ack.messageId, ack.createdAt]);
    assert.deepEqual(await ada.until('messageAck'), {
      clientMessageId: 'm-1',
      messageId: ack.messageId,
      seq: 1,
      status: 'received_by_server_and_processing',
      channelId: roomId,
      roomId,
    });
    await bob.until('messageBroadcast');
    await bob.settled();
    assert.deepEqual(bob.all('messageAck'), [], 'messageAck goes to the sender only');
  });

  test('without messageId the acknowledgements say null', async (t) => {
    const ada = await wire.connect(t);
    const ack = await ada.done('message', { roomId: crypto.randomUUID(), text: 'Hello' });
    assert.equal(ack.clientMessageId, null);
    assert.equal((await ada.until('messageAck')).clientMessageId, null);
  });

  test('sending joins the sender: no join is needed to hear the room', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await ada.done('message', { roomId, text: 'first' });
    assert.equal((await ada.until('messageBroadcast')).text, 'first');
    await bob.done('message', { roomId, text: 'second' });
    assert.equal((await ada.until('messageBroadcast', ({ senderId }) => senderId === bob.id)).text, 'second');
    const { channels } = await ada.world({ roomId });
    assert.deepEqual(channels[roomId]?.participants.toSorted(), [ada.id, bob.id].sort());
    assert.equal(channels[roomId]?.type, 'GROUP');
  });

  test('emitted without a callback it is answered by events just the same', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    ada.send('message', { roomId, text: 'Hello' });
    const { messageId } = await ada.until('messageAck');
    assert.equal((await ada.until('messageBroadcast')).id, messageId);
    assertComplete(await ada.until('messageComplete'), roomId, messageId);
  });

  test('a room without an agent: complete at once, as no-agent, for all in the room', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    const { messageId } = await ada.done('message', { roomId, text: 'Anybody?' });
    for (const one of [ada, bob]) {
      const complete = await one.until('messageComplete');
      assertComplete(complete, roomId, messageId);
      assert.deepEqual([complete.outcome, complete.turns], ['no-agent', []]);
    }
  });

  test('the documented payload: userId and name are the sender of the broadcast', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, userId] = [crypto.randomUUID(), crypto.randomUUID()];
    await ada.done('message', { text: 'Hello', roomId, userId, name: 'Ada' });
    const { senderId, senderName } = await ada.until('messageBroadcast');
    assert.deepEqual([senderId, senderName], [userId, 'Ada']);
  });

  test('a client without an id of its own that sends with userId leaves no ghost participant', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId, userId] = [crypto.randomUUID(), await ada.agentId(), crypto.randomUUID()];
    await ada.done('join', { roomId, agentId });
    await ada.done('message', { roomId, userId, name: 'Ada', text: 'Hello' });
    const { channels, users } = await ada.world({ roomId });
    assert.deepEqual(channels[roomId]?.participants.toSorted(), [agentId, userId].sort());
    assert.deepEqual(users, { [userId]: { id: userId, name: 'Ada' } });
    await ada.done('message', { roomId, text: 'And without userId I am still myself' });
    const [, second] = await ada.untilCount('messageBroadcast', 2, ({ senderId }) => senderId !== agentId);
    assert.deepEqual([second?.senderId, second?.senderName], [userId, 'Ada']);
    assert.deepEqual(Object.keys((await ada.world()).channels), [roomId], 'its rooms are those of the adopted id');
  });

  test('the others are told of that change: who they saw come and go are those who are there', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, userId] = [crypto.randomUUID(), crypto.randomUUID()];
    await bob.done('join', { roomId });
    await ada.done('join', { roomId });
    await ada.done('message', { roomId, userId, text: 'Hello' });
    await bob.settled();
    const present = new Set([bob.id]);
    for (const { event, payload } of bob.arrived) {
      if (event === 'userJoined') present.add((payload as { userId: string }).userId);
      if (event === 'userLeft') present.delete((payload as { userId: string }).userId);
    }
    assert.deepEqual([...present].sort(), (await bob.world({ roomId })).channels[roomId]?.participants.toSorted());
  });

  test('a client with an id of its own keeps it, whatever userId it sends with', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: crypto.randomUUID() } });
    const [roomId, userId] = [crypto.randomUUID(), crypto.randomUUID()];
    await ada.done('message', { roomId, userId, text: 'for somebody else' });
    await ada.done('message', { roomId, text: 'for myself' });
    const senders = (await ada.untilCount('messageBroadcast', 2)).map(({ senderId }) => senderId);
    assert.deepEqual(senders, [userId, ada.id]);
  });

  const texts = {
    'emoji and scripts': 'Grüße 👩‍👩‍👧‍👦🏳️‍🌈 你好 שלום مرحبا é e\u0301 𝒳 \u{10FFFF}',
    'NUL and control characters': 'a\u0000b\u0001\u001f\u007f\u2028\u2029\ufeffc',
    'newlines and tabs': '\r\n line one\n\n\tline two \n',
    'HTML and quotes': '<script>alert("1")</script> &amp; \' \\ \\u0041 $x %s {{y}}',
    'SQL and JSON': '\'); DROP TABLE messages; -- {"ok":true} [1] null',
    'Socket.IO packets': '42["message",{"text":"x"}]\u001e451-["a",{"_placeholder":true,"num":0}]',
  };
  for (const [what, text] of Object.entries(texts)) {
    test(`${what} come back identical`, async (t) => {
      const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
      const roomId = crypto.randomUUID();
      await bob.done('join', { roomId });
      await ada.done('message', { roomId, text, messageId: text.slice(0, 50) });
      assert.equal((await ada.until('messageBroadcast')).text, text);
      assert.equal((await ada.until('messageAck')).clientMessageId, text.slice(0, 50));
      assert.equal((await bob.until('messageBroadcast')).text, text);
      const [kept] = Object.values((await bob.world({ roomId })).messages);
      assert.equal(kept?.text, text);
    });
  }

  test('attachments and metadata come back verbatim', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    const attachments = [
      {
        id: 'a-1',
        url: 'https://example.com/cat.png',
        title: 'Cat 🐈',
        contentType: 'image',
        source: 'camera',
        size: 12,
      },
      { url: '/media/1.pdf', extra: { pages: [1, 2, null], deep: { deeper: true } } },
    ];
    const metadata = {
      mood: 'curious',
      n: -1.5e-7,
      yes: true,
      none: null,
      list: [[], {}, ''],
      'key with "quotes"': { a: [1] },
    };
    await bob.done('join', { roomId });
    await ada.done('message', { roomId, text: '', attachments, metadata });
    const live = await bob.until('messageBroadcast');
    assert.equal(live.text, '');
    assert.deepEqual([live.attachments, live.metadata], [attachments, metadata]);
    const [kept] = Object.values((await bob.world({ roomId })).messages);
    assert.deepEqual([kept?.attachments, kept?.metadata], [attachments, metadata]);
  });
});
