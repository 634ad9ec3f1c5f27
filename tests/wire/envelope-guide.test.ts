/**
 * What the public messaging guide of Eliza OS shows, as a client that was copied from it does it: no auth, no callbacks,
 * `roomId` only, with and without a server's id; its ids that are no UUIDs are refused. And the official client's group.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultServerId } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

const uuid = () => crypto.randomUUID();

type Identity = { roomId: string; entityId: string };

const joining = (me: Identity) => ({ type: 1, payload: { roomId: me.roomId, entityId: me.entityId } });
const sending = ({ roomId, entityId }: Identity, text: string, more: object = {}) => ({
  type: 2,
  payload: {
    senderId: entityId,
    senderName: 'Extension User',
    message: text,
    roomId,
    messageId: uuid(),
    source: 'extension',
    attachments: [],
    metadata: {},
    ...more,
  },
});

/** The guide filters what it hears by either spelling of the room. */
const isHere = (me: Identity) => (data: { roomId?: string; channelId?: string }) =>
  data.roomId === me.roomId || data.channelId === me.roomId;

overEachTransport('the messaging guide', (wire) => {
  // As the guide has it: long-polling first, then an upgrade.
  const transports = wire.transport === 'polling' ? ['polling', 'websocket'] : ['websocket'];
  const options = { transports, reconnection: true, reconnectionAttempts: 5, reconnectionDelay: 1000 };

  for (const [how, server] of [
    ['without a server', {}],
    ['with serverId', { serverId: defaultServerId }],
    ['with messageServerId', { messageServerId: defaultServerId }],
  ] as const) {
    test(`its client, ${how}: joins as soon as it connects, sends, hears itself, the agent and the end`, async (t) => {
      const host = await wire.connect(t);
      const me = { roomId: uuid(), entityId: uuid() };
      const agentId = await host.agentId();
      await host.done('join', { roomId: me.roomId, agentId });
      const guest = await wire.open(t, options);
      guest.socket.on('connect', () => guest.send('message', joining(me)));
      await guest.until('connection_established');
      await guest.until('room_joined', isHere(me));
      const came = await host.until('userJoined');
      assert.deepEqual([came.userId, came.roomId], [me.entityId, me.roomId]);
      const message = sending(me, 'Hello from extension!', server);
      guest.send('message', message);
      const own = await guest.until('messageBroadcast', isHere(me));
      assert.deepEqual(
        [own.senderId, own.senderName, own.text, own.source, own.clientMessageId],
        [me.entityId, 'Extension User', 'Hello from extension!', 'extension', message.payload.messageId],
      );
      const answer = await guest.until('messageBroadcast', (data) => isHere(me)(data) && data.senderId === agentId);
      assert.ok(answer.text !== '' && answer.senderName !== '');
      assert.equal((await guest.until('messageComplete', isHere(me))).outcome, 'answered');
      const controls = guest.all('controlMessage', isHere(me)).map(({ action }) => action);
      assert.deepEqual(controls, ['disable_input', 'enable_input']);
      assert.deepEqual(guest.all('error'), []);
    });
  }

  test('its presence, its typing indicator and its acknowledgement', async (t) => {
    const [host, guest] = [await wire.connect(t), await wire.connect(t, options)];
    const me = { roomId: uuid(), entityId: uuid() };
    await host.done('join', { roomId: me.roomId });
    guest.send('message', joining(me));
    guest.send('typing', { roomId: me.roomId, userId: me.entityId, isTyping: true });
    const typing = await host.until('userTyping', isHere(me));
    assert.deepEqual([typing.userId, typing.isTyping], [me.entityId, true]);
    assert.equal((await host.until('userJoined')).userId, me.entityId);
    const ack = (await guest.ask('message', sending(me, 'With a callback.'))) as { ok: boolean; seq: number };
    assert.deepEqual([ack.ok, ack.seq], [true, 1]);
    await guest.done('leave', { roomId: me.roomId });
    assert.equal((await host.until('userLeft')).userId, me.entityId);
  });

  test('a room that it makes itself has the only agent in it, which answers', async (t) => {
    const guest = await wire.connect(t, options);
    const me = { roomId: uuid(), entityId: uuid() };
    guest.send('message', joining(me));
    guest.send('message', sending(me, 'Anybody?'));
    assert.equal((await guest.until('messageComplete', isHere(me))).outcome, 'answered');
  });

  test('ids copied from it as they stand are refused by name', async (t) => {
    const guest = await wire.connect(t, options);
    const me = { roomId: 'agent-room-id', entityId: 'my-extension-id' };
    const paths = async (body: object) => {
      const { details } = await guest.refused('invalid-payload', 'message', body);
      return details.issues?.map(({ path }) => path).sort();
    };
    assert.deepEqual(await paths(joining(me)), ['entityId', 'roomId']);
    assert.deepEqual(await paths(sending(me, 'Hello')), ['roomId', 'senderId']);
  });
});

overEachTransport('the official client', (wire) => {
  test('in a group: joins with both spellings, sends as client_group_chat, and finds its own copy by its id', async (t) => {
    const host = await wire.connect(t);
    const [channelId, agentId] = [uuid(), await host.agentId()];
    await host.done('join', { roomId: channelId });
    await host.done('join', { roomId: channelId, agentId });
    const ada: Client = await wire.connect(t, { auth: { entityId: uuid() } });
    ada.send('message', { type: 1, payload: { channelId, roomId: channelId, entityId: ada.id } });
    const payload = {
      senderId: ada.id,
      senderName: 'user',
      message: 'Hello, all.',
      channelId,
      roomId: channelId,
      messageServerId: defaultServerId,
      messageId: uuid(),
      source: 'client_group_chat',
      metadata: { channelType: 'GROUP' },
    };
    ada.send('message', { type: 2, payload });
    const own = await ada.until('messageBroadcast', (message) => message.clientMessageId === payload.messageId);
    assert.deepEqual([own.senderId, own.source, own.metadata], [ada.id, 'client_group_chat', payload.metadata]);
    const [end] = await ada.untilCount('messageComplete', 1, (complete) => complete.channelId === channelId);
    assert.deepEqual([end?.messageId, end?.outcome], [own.id, 'answered']);
    assert.equal((await host.world({ roomId: channelId })).channels[channelId]?.type, 'GROUP');
  });
});
