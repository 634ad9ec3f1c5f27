/** Programs outside speak in rooms: agents that run elsewhere, and bridges to other platforms. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const server_id = '00000000-0000-0000-0000-000000000000';

async function openRoom(t: TestContext) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const settings = { model: 'openai/test-model', memory: false };
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: 'Answers.', settings });
  const env = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', ELIZAD_CHARACTERS: character };
  const { url } = await openTestServer(t, env);
  const client = openClient(t, url);
  const agentId = await findAgent(client, 'Cleo');
  const channelId = crypto.randomUUID();
  await client.ask('join', { roomId: channelId, agentId });
  return { provider, url, client, agentId, channelId, ...createRestClient(url) };
}

describe('an agent that runs elsewhere', () => {
  it('submits its message as the agent: stored, told to the room, once however often it is sent; it wakes nobody', async (t) => {
    const { call, client, agentId, channelId, provider } = await openRoom(t);
    const messageId = crypto.randomUUID();
    const body = {
      channel_id: channelId,
      server_id,
      author_id: agentId,
      content: 'From elsewhere, Cleo.',
      source_type: 'agent_response',
      raw_message: { text: 'From elsewhere', thought: 'Hm.', actions: ['REPLY'] },
      metadata: { agent_name: 'Cleo' },
      messageId,
    };
    const first = await call('submit-message', { body });
    assert.equal(first.status, 201);
    assert.deepEqual(
      [first.body.data.id, first.body.data.agentId, first.body.data.text, first.body.data.roomId],
      [messageId, agentId, body.content, channelId],
    );
    const heard = await client.until('messageBroadcast', ({ id }) => id === messageId);
    assert.deepEqual(
      [heard.senderName, heard.source, heard.thought, heard.actions],
      ['Cleo', 'agent_response', 'Hm.', ['REPLY']],
    );
    const again = await call('submit-message', { body });
    assert.deepEqual(again.body, first.body);
    const other = await call('submit-message', { body: { ...body, content: 'Other' } });
    assert.deepEqual([other.status, other.body.error?.code], [409, 'message-id-reused']);
    const { body: listed } = await call('list-messages', { params: { channelId } });
    assert.equal(listed.data.messages.length, 1);
    assert.equal(listed.data.messages[0]?.metadata.isAgent, true);
    assert.deepEqual(listed.data.messages[0]?.rawMessage, body.raw_message);
    assert.equal(provider.requests.length, 0);
    const nowhere = await call('submit-message', {
      body: { ...body, channel_id: crypto.randomUUID(), messageId: 'x' },
    });
    assert.equal(nowhere.body.error?.code, 'channel-not-found');
    const faulty = await call('submit-message', { body: { channel_id: 'x', content: '' } });
    assert.deepEqual(faulty.body.error?.issues?.map(({ path }) => path).sort(), ['authorId', 'channelId']);
  });

  it('submits what a person said, and agents of the room answer that', async (t) => {
    const { call, client, channelId, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'Good day.' });
    const body = {
      channel_id: channelId,
      server_id,
      author_id: crypto.randomUUID(),
      content: 'Hello',
      source_type: 'x',
    };
    const { body: answer } = await call('submit-message', { body });
    const said = await client.until('messageBroadcast', ({ inReplyTo }) => inReplyTo === answer.data.id);
    assert.equal(said.text, 'Good day.');
  });

  it('shows what it does on a card that changes, and says when nothing more comes', async (t) => {
    const { call, client, agentId, channelId } = await openRoom(t);
    const raw_message = {
      text: 'Looking',
      actions: ['LOOK'],
      actionId: 'a-1',
      actionStatus: 'executing',
      type: 'agent_action',
    };
    const card = {
      channel_id: channelId,
      message_server_id: server_id,
      author_id: agentId,
      content: 'Looking',
      raw_message,
    };
    const posted = await call('post-action', { body: card });
    assert.equal(posted.status, 201);
    const messageId = posted.body.data.id;
    const shown = await client.until('messageBroadcast', ({ id }) => id === messageId);
    assert.deepEqual(
      [shown.source, shown.rawMessage.actionStatus, shown.actions],
      ['agent_action', 'executing', ['LOOK']],
    );
    const change = {
      content: 'Found',
      raw_message: { ...raw_message, actionStatus: 'completed', actionResult: { ok: true } },
    };
    assert.equal((await call('edit-action', { params: { messageId }, body: change })).body.data.text, 'Found');
    const settled = await client.until('messageBroadcast', ({ id, updatedAt }) => id === messageId && updatedAt);
    assert.deepEqual([settled.rawMessage.actionStatus, settled.text, settled.seq], ['completed', 'Found', shown.seq]);
    assert.equal(settled.rawMessage.text, 'Found');
    const done = await call('complete-message', { body: { channel_id: channelId, server_id } });
    assert.equal(done.body.data.messageId, messageId);
    await client.until('messageComplete', (complete) => complete.messageId === messageId);
    const { body } = await call('post-message', { params: { channelId }, body: { content: 'no card' } });
    for (const id of [crypto.randomUUID(), body.data.id])
      assert.equal((await call('edit-action', { params: { messageId: id }, body: change })).status, 404);
    assert.equal((await call('complete-message', { body: { channel_id: crypto.randomUUID() } })).status, 404);
  });

  it('asks a prompt of an agent and has its words; a failure has its status', async (t) => {
    const { call, agentId, channelId, provider } = await openRoom(t);
    const roomId = crypto.randomUUID();
    const ask = (room: string, more: object = {}) =>
      call('complete-message', {
        body: { agentId, roomId: room, userId: crypto.randomUUID(), prompt: 'Say it.', ...more },
      });
    provider.script(
      { kind: 'answer', text: 'It.' },
      { kind: 'answer', text: 'It again.' },
      { kind: 'refuse', status: 401 },
    );
    assert.equal((await ask(roomId)).body.data.response, 'It.');
    const { body } = await ask(channelId);
    assert.equal(body.data.response, 'It again.');
    const listed = await call('list-messages', { params: { channelId } });
    assert.deepEqual(
      listed.body.data.messages.map(({ id }) => id),
      [body.data.answerId, body.data.messageId],
    );
    const failed = await ask(roomId);
    assert.deepEqual([failed.status, failed.body.error?.code], [502, 'model-unauthorized']);
    assert.equal((await ask(roomId, { agentId: crypto.randomUUID() })).status, 404);
    const faulty = await ask(roomId, { userId: undefined });
    assert.deepEqual(
      faulty.body.error?.issues?.map(({ path }) => path),
      ['userId'],
    );
  });
});

describe('a message from another platform', () => {
  it('comes into the room that is named, once for each id of the platform, with its source', async (t) => {
    const { call, client, channelId, provider } = await openRoom(t);
    const body = {
      channel_id: channelId,
      message_server_id: server_id,
      author_id: crypto.randomUUID(),
      author_display_name: 'Bo',
      content: 'Hello from Discord',
      raw_message: { guild: 1 },
      source_id: 'discord-77',
      source_type: 'discord',
    };
    const first = await call('ingest-message', { body });
    assert.equal(first.status, 202);
    const again = await call('ingest-message', { body, spelling: 1 });
    assert.deepEqual([again.status, again.body.data.messageId], [202, first.body.data.messageId]);
    const heard = await client.until('messageBroadcast', ({ id }) => id === first.body.data.messageId);
    assert.deepEqual([heard.senderName, heard.source], ['Bo', 'discord']);
    await client.until('messageBroadcast', ({ inReplyTo }) => inReplyTo === heard.id);
    const { body: listed } = await call('list-messages', { params: { channelId } });
    assert.equal(listed.data.messages.length, 2);
    assert.deepEqual(
      [listed.data.messages[1]?.sourceId, listed.data.messages[1]?.sourceType, listed.data.messages[1]?.rawMessage],
      ['discord-77', 'discord', body.raw_message],
    );
    assert.equal(provider.requests.length, 1);
  });

  it('comes in the documented shapes too: with agent and room, and with ids of the platform', async (t) => {
    const { call, agentId, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'Hello, Bo.' }, { kind: 'answer', text: 'Hello, Di.' });
    const roomId = crypto.randomUUID();
    const documented = {
      agentId,
      roomId,
      userId: crypto.randomUUID(),
      text: 'Hi',
      sourceId: '1',
      sourceType: 'telegram',
    };
    const ingested = await call('ingest-message', { body: documented });
    assert.equal(ingested.status, 200);
    const external = { platform: 'twitter', messageId: 't-1', channelId: 'chat 9', userId: 'di#1', content: 'Hi' };
    const processed = await call('ingest-message', { body: external, spelling: 1 });
    assert.equal(processed.status, 200);
    assert.match(processed.body.data.response ?? '', /^Hello, (Bo|Di)\.$/);
    const again = await call('ingest-message', { body: external, spelling: 1 });
    assert.deepEqual(again.body, processed.body);
    const faulty = await call('ingest-message', { body: { platform: 'twitter', channelId: '' }, spelling: 1 });
    assert.deepEqual(
      faulty.body.error?.issues?.map(({ path }) => path),
      ['channelId', 'authorId', 'content'],
    );
    const posing = await call('ingest-message', { body: { ...documented, userId: agentId } });
    assert.equal(posing.body.error?.code, 'speaking-as-agent');
  });
});
