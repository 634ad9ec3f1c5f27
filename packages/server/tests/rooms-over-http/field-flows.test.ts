/** Programs of the field, replayed: their calls in their order, in their words. Each gets an answer, and finds its history. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { defaultServerId, deriveId } from 'elizad-protocol';
import { openClient, type Payload } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

/** As these programs call: each request says that it is JSON, with a body or without; what comes back is what they read. */
async function open(t: TestContext, env: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const { url } = await openTestServer(t, env);
  const call = async (method: string, path: string, body?: object): Promise<Payload> => {
    const response = await fetch(`${url}/api/messaging/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Payload;
    assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.data;
  };
  return { url, call };
}

/** Says something in the envelope, and resolves with the answer. */
async function ask(
  client: ReturnType<typeof openClient>,
  payload: { channelId: string; message: string; [field: string]: unknown },
) {
  client.socket.emit('message', { type: 2, payload });
  const { text } = await client.until('messageBroadcast', ({ senderId, channelId }) => {
    return senderId === eliza && channelId === payload.channelId;
  });
  return text;
}

it('the Next.js starter: finds no session, makes one under an id of its own, talks, and has it after a reload', async (t) => {
  const { url, call } = await open(t);
  const [userId, channelId] = [crypto.randomUUID(), crypto.randomUUID()];
  const isIts = ({ id, type }: Payload) => id === channelId && type === 'DM';
  assert.equal((await call('GET', `central-servers/${defaultServerId}/channels`)).channels.find(isIts), undefined);
  const made = await call('POST', 'central-channels', {
    id: channelId,
    name: `chat-${channelId}`,
    server_id: defaultServerId,
    type: 'DM',
    sourceType: 'client',
    metadata: { isDm: true, createdBy: userId },
    participantCentralUserIds: [userId, eliza],
  });
  assert.equal(made.id, channelId);
  await call('POST', `central-channels/${channelId}/agents`, { agentId: eliza });
  const client = openClient(t, url);
  const join = { channelId, serverId: defaultServerId, entityId: userId, metadata: { isDm: false } };
  await client.ask('message', { type: 1, payload: join });
  const said = {
    channelId,
    serverId: defaultServerId,
    senderId: userId,
    senderName: 'User',
    source: 'nextjs',
    metadata: {},
  };
  assert.match(await ask(client, { ...said, message: 'I am sad' }), /sorry/);
  assert.ok((await call('GET', `central-servers/${defaultServerId}/channels`)).channels.some(isIts));
  const { messages } = await call('GET', `central-channels/${channelId}/messages?limit=50`);
  assert.deepEqual(messages.map(({ authorId }: Payload) => authorId).toSorted(), [userId, eliza].toSorted());
});

it('otaku: a message server for each user, under the id of the user, with the agent in it', async (t) => {
  const { url, call } = await open(t, {}, { Authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x' });
  const [userId, channelId] = [crypto.randomUUID(), crypto.randomUUID()];
  const server = { id: userId, name: 'Ada’s server', sourceType: 'eliza_default', metadata: { createdBy: 'otaku-ui' } };
  for (let visit = 0; visit < 2; visit++) assert.equal((await call('POST', 'servers', server)).server.id, userId);
  await call('POST', `servers/${userId}/agents`, { agentId: eliza });
  assert.deepEqual((await call('GET', `servers/${userId}/agents`)).agents, [eliza]);
  const channel = {
    id: channelId,
    name: 'New chat',
    server_id: userId,
    type: 'DM',
    participantCentralUserIds: [userId, eliza],
    metadata: { isDm: true, user1: userId, user2: eliza },
  };
  assert.equal((await call('POST', 'central-channels', channel)).id, channelId);
  assert.equal((await call('GET', `central-servers/${userId}/channels`)).channels[0].id, channelId);
  const auth = { token: 'eyJhbGciOiJIUzI1NiJ9.e30.x', entityId: userId };
  const client = openClient(t, url, { auth });
  await client.ask('message', { type: 1, payload: { channelId, entityId: userId, serverId: userId } });
  const said = { channelId, serverId: userId, senderId: userId, senderName: 'Ada', source: 'otaku' };
  const metadata = { channelType: 'DM', isDm: true, targetUserId: eliza };
  assert.match(await ask(client, { ...said, message: 'I am sad', metadata }), /sorry/);
});

it('the Sofia extension: channels of type 2, from a page of its own, with the agent as a target', async (t) => {
  const origin = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
  const { url, call } = await open(t, { CORS_ORIGIN: origin }, { Origin: origin });
  const [userId, channelId] = [crypto.randomUUID(), crypto.randomUUID()];
  await call('POST', 'central-channels', {
    name: 'SofIA Chat',
    server_id: defaultServerId,
    type: 2,
    participantCentralUserIds: [userId, eliza],
    metadata: { isDm: true, source: 'extension' },
  });
  const client = openClient(t, url, { extraHeaders: { Origin: origin } });
  const room = { roomId: channelId, channelId, serverId: '0', entityId: userId };
  await client.ask('message', { type: 1, payload: { ...room, metadata: { isDm: true } } });
  const said = { ...room, senderId: userId, senderName: 'User', source: 'extension', attachments: [] };
  const target = { targetUserId: eliza, metadata: { source: 'extension', isDm: true, targetUserId: eliza } };
  assert.match(await ask(client, { ...said, ...target, message: 'I am sad' }), /sorry/);
});
