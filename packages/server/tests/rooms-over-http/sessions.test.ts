/** Sessions: a conversation of one user with one agent. How they end is in session-ends.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ada, openModelServer } from '../support/model-server.ts';
import { openClient } from '../support/stock-client.ts';

describe('sessions', () => {
  it('begin with what was asked for, and say what holds', async (t) => {
    const { call, cleo } = await openModelServer(t, {}, { SESSION_TIMEOUT_MINUTES: '40', SESSION_AUTO_RENEW: false });
    const metadata = { platform: 'web', nested: { deep: [1, null, 'ä'] } };
    const { status, body } = await call('create-session', { body: { agentId: cleo, userId: ada, metadata } });
    assert.equal(status, 201);
    assert.deepEqual(body.metadata, metadata);
    assert.equal(body.channelId, body.sessionId);
    assert.deepEqual(body.timeoutConfig, {
      timeoutMinutes: 40,
      autoRenew: false,
      maxDurationMinutes: 720,
      warningThresholdMinutes: 5,
    });
    assert.equal(Date.parse(body.expiresAt) - Date.parse(body.createdAt), 40 * 60_000);
    const params = { sessionId: body.sessionId };
    const { body: info } = await call('get-session', { params });
    assert.deepEqual([info.metadata, info.renewalCount, info.isNearExpiration], [metadata, 0, false]);
    assert.ok(info.timeRemaining <= 40 * 60_000 && info.timeRemaining > 39 * 60_000);
    const asked = { timeoutMinutes: 1, maxDurationMinutes: 2, warningThresholdMinutes: 99, autoRenew: true };
    const clamped = await call('create-session', { body: { agentId: cleo, userId: ada, timeoutConfig: asked } });
    assert.deepEqual(clamped.body.timeoutConfig, {
      timeoutMinutes: 5,
      autoRenew: true,
      maxDurationMinutes: 5,
      warningThresholdMinutes: 5,
    });
  });

  it('refuse what cannot be, with every fault named', async (t) => {
    const { call, cleo } = await openModelServer(t);
    const unknown = await call('create-session', { body: { agentId: crypto.randomUUID(), userId: ada } });
    assert.deepEqual([unknown.status, unknown.body.error?.code], [404, 'agent-not-found']);
    const large = { text: 'x'.repeat(10_000) };
    const wrong = await call('create-session', { body: { agentId: 'cleo', metadata: large, timeoutConfig: 5 } });
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.body.error?.issues?.map(({ path }) => path).sort(), [
      'agentId',
      'metadata',
      'timeoutConfig',
      'userId',
    ]);
    const asAgent = await call('create-session', { body: { agentId: cleo, userId: cleo } });
    assert.equal(asAgent.body.error?.code, 'speaking-as-agent');
    const params = { sessionId: crypto.randomUUID() };
    for (const name of [
      'get-session',
      'end-session',
      'renew-session',
      'keep-session',
      'list-session-messages',
    ] as const)
      assert.deepEqual([name, (await call(name, { params })).status], [name, 404]);
    assert.equal((await call('get-session', { params: { sessionId: 'none' } })).status, 400);
  });

  it('carry a conversation, heard over HTTP and by sockets that join them as a room', async (t) => {
    const { call, cleo, url, provider } = await openModelServer(t);
    provider.script({ kind: 'answer', text: 'Hello, Ada.' }, { kind: 'answer', text: 'Good.' });
    const session = await call('create-session', {
      body: { agentId: cleo, userId: ada, metadata: { username: 'Ada' } },
    });
    const { sessionId } = session.body;
    const params = { sessionId };
    const client = openClient(t, url, { auth: { entityId: ada } });
    await client.ask('join', { roomId: sessionId, type: 'session' });
    const metadata = { mood: 'curious' };
    const said = await call('post-session-message', { params, body: { content: 'Hello.', mode: 'http', metadata } });
    assert.equal(said.status, 201);
    assert.deepEqual(
      [said.body.content, said.body.authorId, said.body.metadata, said.body.agentResponse?.text],
      ['Hello.', ada, metadata, 'Hello, Ada.'],
    );
    assert.deepEqual(said.body.data.sessionStatus, said.body.sessionStatus);
    assert.equal(said.body.data.userMessage.author_display_name, 'Ada');
    assert.deepEqual([said.body.sessionStatus.wasRenewed, said.body.sessionStatus.renewalCount], [true, 1]);
    await client.until('messageBroadcast', ({ text }) => text === 'Hello, Ada.');
    const renewed = await client.until('sessionRenewed');
    assert.deepEqual([renewed.sessionId, renewed.roomId, renewed.renewalCount], [sessionId, sessionId, 1]);

    const sent = await call('post-session-message', { params, body: { content: 'And now?', messageId: 'm-2' } });
    assert.equal(sent.body.agentResponse, undefined);
    await client.until('messageBroadcast', ({ text }) => text === 'Good.');
    const again = await call('post-session-message', { params, body: { content: 'And now?', messageId: 'm-2' } });
    assert.equal(again.body.id, sent.body.id);

    const { body: all } = await call('list-session-messages', { params });
    assert.deepEqual(
      all.messages.map(({ content, isAgent }) => [content, isAgent]),
      [
        ['Good.', true],
        ['And now?', false],
        ['Hello, Ada.', true],
        ['Hello.', false],
      ],
    );
    assert.equal(all.hasMore, false);
    const seen: string[] = [];
    for (let before: number | undefined; ; ) {
      const { body: page } = await call('list-session-messages', {
        params,
        query: { limit: 1, ...(before !== undefined && { before }) },
      });
      seen.push(...page.messages.map(({ content }) => content));
      if (!page.hasMore) break;
      before = page.cursors?.before;
    }
    assert.deepEqual(seen, ['Good.', 'And now?', 'Hello, Ada.', 'Hello.']);
    const { body: newer } = await call('list-session-messages', {
      params,
      query: { after: new Date(Date.parse(all.messages[3]?.createdAt ?? '') - 1).toISOString(), limit: 100 },
    });
    assert.equal(newer.messages.length, 4);
    assert.equal((await call('list-session-messages', { params, query: { limit: 101 } })).status, 400);

    const ended = await call('end-session', { params });
    assert.deepEqual([ended.status, ended.body.data.message], [200, 'Session ended successfully']);
    assert.equal((await call('post-session-message', { params, body: { content: 'Still?' } })).status, 404);
    const { body: history } = await call('list-messages', { params: { channelId: sessionId } });
    assert.equal(history.data.messages.length, 4);
  });

  it('are used too by what their user says in the room by a socket', async (t) => {
    const { call, cleo, url } = await openModelServer(t);
    const { body } = await call('create-session', { body: { agentId: cleo, userId: ada } });
    const roomId = body.sessionId;
    const client = openClient(t, url, { auth: { entityId: ada } });
    await client.ask('message', { roomId, text: 'By socket.' });
    const renewed = await client.until('sessionRenewed');
    assert.equal(renewed.renewalCount, 1);
    await client.until('messageComplete');
    await call('post-session-message', { params: { sessionId: roomId }, body: { content: 'By HTTP.' } });
    assert.equal((await call('get-session', { params: { sessionId: roomId } })).body.renewalCount, 2);
  });

  it('outlive their channel: nothing is listed, and the next message makes it again', async (t) => {
    const { call, cleo } = await openModelServer(t);
    const { body } = await call('create-session', { body: { agentId: cleo, userId: ada } });
    const params = { sessionId: body.sessionId };
    const said = () => call('post-session-message', { params, body: { content: 'Hello.' } });
    assert.equal((await said()).status, 201);
    const deleted = await call('delete-channel', { params: { channelId: body.sessionId } });
    assert.equal(deleted.status, 204);
    const listed = await call('list-session-messages', { params });
    assert.deepEqual([listed.status, listed.body], [200, { messages: [], hasMore: false }]);
    assert.equal((await said()).status, 201);
    assert.equal((await call('list-session-messages', { params })).body.messages[0]?.content, 'Hello.');
  });

  it('stream an answer as channels do', async (t) => {
    const { call, cleo, url, provider } = await openModelServer(t);
    provider.script({ kind: 'answer', text: 'Piece by piece.', chunks: 3 });
    const { body } = await call('create-session', { body: { agentId: cleo, userId: ada } });
    const answer = await fetch(`${url}/api/messaging/sessions/${body.sessionId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'Tell.', transport: 'sse' }),
    });
    const text = await answer.text();
    assert.match(answer.headers.get('content-type') ?? '', /event-stream/);
    assert.match(text, /event: user_message[\s\S]*event: chunk[\s\S]*event: done/);
    assert.match(text, /Piece by piece\./);
  });

  it('last longer when asked to, as long as they may', async (t) => {
    const { call, cleo } = await openModelServer(t);
    const timeoutConfig = { timeoutMinutes: 10, autoRenew: false, maxDurationMinutes: 10 };
    const { body } = await call('create-session', { body: { agentId: cleo, userId: ada, timeoutConfig } });
    const params = { sessionId: body.sessionId };
    const full = await call('renew-session', { params });
    assert.deepEqual([full.status, full.body.error?.code], [422, 'session-not-renewable']);
    const kept = await call('keep-session', { params });
    assert.deepEqual([kept.body.expiresAt, kept.body.renewalCount], [body.expiresAt, 0]);
    const wrong = await call('set-session-timeout', {
      params,
      body: { timeoutMinutes: 2, maxDurationMinutes: 1, warningThresholdMinutes: 7 },
    });
    assert.deepEqual(
      wrong.body.error?.issues?.map(({ path }) => path),
      ['timeoutMinutes', 'maxDurationMinutes', 'warningThresholdMinutes'],
    );
    const changed = await call('set-session-timeout', {
      params,
      body: { timeoutMinutes: 20, maxDurationMinutes: 60, warningThresholdMinutes: 20 },
    });
    assert.equal(changed.body.isNearExpiration, true);
    assert.ok(changed.body.timeRemaining > 19 * 60_000);
    const renewed = await call('renew-session', { params });
    assert.deepEqual([renewed.status, renewed.body.renewalCount], [200, 1]);
  });

  it('are listed newest first, page by page, and counted', async (t) => {
    const { call, cleo } = await openModelServer(t);
    const made: string[] = [];
    for (let count = 0; count < 5; count++)
      made.unshift((await call('create-session', { body: { agentId: cleo, userId: ada } })).body.sessionId);
    const first = await call('list-sessions', { query: { limit: 3 } });
    const second = await call('list-sessions', { query: { limit: 3, before: first.body.nextCursor ?? '' } });
    const listed = [...first.body.sessions, ...second.body.sessions].map(({ sessionId }) => sessionId);
    assert.deepEqual(listed, made);
    assert.deepEqual([first.body.total, second.body.nextCursor], [5, undefined]);
    const { body } = await call('get-sessions-health');
    assert.deepEqual([body.status, body.activeSessions, body.expiringSoon], ['healthy', 5, 0]);
  });

  it('are listed to each user their own, and to the holder of the key all', async (t) => {
    const { call, cleo } = await openModelServer(t);
    const bea = crypto.randomUUID();
    const made = new Map<string, string>();
    for (const userId of [ada, bea, ada]) {
      const { body } = await call('create-session', { body: { agentId: cleo, userId } });
      made.set(body.sessionId, userId);
    }
    const list = async (headers: Record<string, string>, query = {}) => {
      const { body } = await call('list-sessions', { headers, query });
      return { users: body.sessions.map(({ userId }) => userId), total: body.total, ...body.stats };
    };
    const counts = (total: number) => ({ total, totalSessions: total, activeSessions: total, expiredSessions: 0 });
    assert.deepEqual(await list({}), { users: [ada, bea, ada], ...counts(3) });
    assert.deepEqual(await list({ 'x-entity-id': ada }), { users: [ada, ada], ...counts(2) });
    assert.deepEqual(await list({ 'x-entity-id': bea }), { users: [bea], ...counts(1) });
    assert.deepEqual(await list({ 'x-entity-id': crypto.randomUUID() }), { users: [], ...counts(0) });
    const [first = ''] = made.keys();
    assert.deepEqual((await list({ 'x-entity-id': ada }, { limit: 1 })).users, [ada]);
    assert.deepEqual((await list({ 'x-entity-id': bea }, { before: first })).users, []);
    // Whoever was given its id may use it.
    const seen = await call('get-session', { params: { sessionId: first }, headers: { 'x-entity-id': bea } });
    assert.equal(seen.body.userId, ada);
  });
});
