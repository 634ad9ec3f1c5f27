/** The end of a session: by its clock, by a stop where that is wanted, and never by a kill. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { changeChatSession } from '../../src/storage/kept/chat-sessions.ts';
import { ada, openModelProcess } from '../support/model-server.ts';
import { openClient } from '../support/stock-client.ts';

describe('sessions', () => {
  it('survive a kill: the same answers, and the warning once', async (t) => {
    const { start } = await openModelProcess(t, { SESSION_MIN_TIMEOUT_MINUTES: '1' });
    const before = await start();
    const timeoutConfig = { timeoutMinutes: 1, warningThresholdMinutes: 1 };
    const { body } = await before.call('create-session', {
      body: { agentId: before.cleo, userId: ada, metadata: { a: 1 }, timeoutConfig },
    });
    const params = { sessionId: body.sessionId };
    const heard = openClient(t, before.url);
    await heard.ask('join', { roomId: body.sessionId });
    await before.call('set-session-timeout', { params, body: timeoutConfig });
    const warning = await heard.until('sessionExpirationWarning');
    assert.deepEqual([warning.sessionId, warning.minutesRemaining], [body.sessionId, 1]);
    await before.server.end('SIGKILL');

    const after = await start();
    const { body: info } = await after.call('get-session', { params });
    assert.deepEqual([info.metadata, info.createdAt], [{ a: 1 }, body.createdAt]);
    const again = openClient(t, after.url);
    await again.ask('join', { roomId: body.sessionId });
    assert.equal((await after.call('renew-session', { params })).body.renewalCount, 1);
    await again.until('sessionRenewed');
    // What is said in a room comes in order: nothing was told before. Renewed, it is within its last minute at once, and warned of.
    const told = again.events.map(({ event }) => event);
    assert.ok(!told.slice(0, told.indexOf('sessionRenewed')).includes('sessionExpirationWarning'));
  });

  it('end once, are known to have ended, and leave what was said', async (t) => {
    const { start, dataDir } = await openModelProcess(t);
    const before = await start();
    const { body } = await before.call('create-session', { body: { agentId: before.cleo, userId: ada } });
    const params = { sessionId: body.sessionId };
    await before.call('post-session-message', { params, body: { content: 'Hello.', transport: 'http' } });
    await before.server.end('SIGKILL');
    // Half an hour goes by, all but some seconds.
    const { db, close } = await openSqlite(dataDir);
    const change = { last_activity: 1, expires_at: Date.now() + 9_000, warn_at: Date.now() + 8_000 };
    assert.ok(await changeChatSession(db, body.sessionId, change, false));
    await close();

    const after = await start();
    const client = openClient(t, after.url);
    await client.ask('join', { roomId: body.sessionId });
    const told = await client.until('sessionExpired');
    assert.deepEqual(told, {
      sessionId: body.sessionId,
      channelId: body.sessionId,
      roomId: body.sessionId,
      expiredAt: new Date(change.expires_at).toISOString(),
    });
    assert.equal(client.events.filter(({ event }) => event === 'sessionExpirationWarning').length, 1);
    for (const name of ['get-session', 'renew-session', 'keep-session', 'list-session-messages'] as const)
      assert.deepEqual([name, (await after.call(name, { params })).body.error?.code], [name, 'session-expired']);
    const late = await after.call('post-session-message', { params, body: { content: 'Still there?' } });
    assert.equal(late.status, 410);
    const { body: history } = await after.call('list-messages', { params: { channelId: body.sessionId } });
    assert.equal(history.data.messages.length, 2);
    const { body: list } = await after.call('list-sessions');
    assert.deepEqual([list.total, list.stats.expiredSessions], [0, 1]);
  });

  it('end with the server where that is wanted', async (t) => {
    const { start } = await openModelProcess(t, { CLEAR_SESSIONS_ON_SHUTDOWN: 'true' });
    const before = await start();
    const { body } = await before.call('create-session', { body: { agentId: before.cleo, userId: ada } });
    await before.server.end('SIGTERM');
    const after = await start();
    assert.equal((await after.call('get-session', { params: { sessionId: body.sessionId } })).status, 404);
  });
});
