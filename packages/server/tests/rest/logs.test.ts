/** The log over HTTP: the last lines, by level, time and agent, over restarts; never what was said. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openLogger } from '../../src/observability/logger.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { openKeptLog } from '../../src/storage/kept/server-log-lines.ts';
import { ada, openModelProcess, openModelServer } from '../support/model-server.ts';
import { makeDir } from '../support/test-server.ts';

describe('the log over HTTP', () => {
  it('has what agents did, at or above a level, and never what was said', async (t) => {
    const { start, provider } = await openModelProcess(t, { LOG_LEVEL: 'debug' });
    const first = await start();
    provider.script({ kind: 'answer', text: 'The answer is a secret.' }, { kind: 'refuse', status: 401 });
    const session = await first.call('create-session', { body: { agentId: first.cleo, userId: ada } });
    const params = { sessionId: session.body.sessionId };
    for (const content of ['My PIN is 4711.', 'And again.'])
      await first.call('post-session-message', { params, body: { content, transport: 'http' } });
    const { body: all } = await first.call('get-logs', { query: { level: 'all', limit: 1000 } });
    const { body: plain } = await first.call('get-logs');
    assert.ok(all.logs.length > 0 && all.total >= all.count);
    assert.deepEqual([plain.level, plain.requestedLevel, plain.agentName], ['info', 'info', 'all']);
    assert.ok(plain.logs.every(({ level }) => level >= 30));
    assert.ok(all.levels.includes('warn'));
    assert.doesNotMatch(JSON.stringify(all), /4711|secret|sk-test/);
    const { body: hers } = await first.call('get-logs', { query: { agentName: 'Cleo', agentId: first.cleo } });
    assert.ok(hers.logs.length > 0 && hers.logs.every(({ agentId }) => agentId === first.cleo));
    const { body: nobody } = await first.call('get-logs', { query: { agentName: 'Nobody' } });
    assert.deepEqual([nobody.logs, nobody.agentName], [[], 'Nobody']);
    const { body: posted } = await first.call('post-logs', { body: { level: 'error', limit: 5, agentId: '' } });
    assert.ok(posted.logs.every(({ level }) => level >= 50));
    const times = all.logs.map(({ time }) => time);
    assert.deepEqual(times, [...times].sort());
    const { body: later } = await first.call('post-logs', { body: { since: Date.now() + 1_000, level: 'all' } });
    assert.equal(later.count, 0);
    await first.server.end('SIGTERM');

    const second = await start();
    const { body: kept } = await second.call('get-logs', { query: { level: 'all', limit: 1000 } });
    assert.ok(kept.logs.some(({ time, msg }) => time === all.logs[0]?.time && msg === all.logs[0]?.msg));
    const cleared = await second.call('clear-logs');
    assert.equal(cleared.body.status, 'success');
    const { body: none } = await second.call('get-logs', { query: { level: 'all', until: 0 } });
    assert.ok(none.logs.every(({ time }) => time > (times.at(-1) ?? 0)));
  });

  it('refuses filters that are none', async (t) => {
    const { call } = await openModelServer(t);
    const { status, body } = await call('get-logs', { query: { level: 'loud', limit: 0, since: 'yesterday' } });
    assert.equal(status, 400);
    assert.deepEqual(body.error?.issues?.map(({ path }) => path).sort(), ['query.level', 'query.limit', 'query.since']);
    assert.equal((await call('get-logs', { query: { limit: 5000 } })).status, 200);
  });

  it('keeps no more lines than it shall, and writes many at once', async (t) => {
    const database = await openSqlite(join(makeDir(t), 'data'));
    const stream = createLogStream();
    const kept = openKeptLog(database, stream, 100);
    const logger = await openLogger({ level: 'info', pretty: false, stream, out: { write: () => {} } });
    for (let count = 0; count < 250; count++) logger.info({ agentName: 'Cleo' }, `line ${count}`);
    const { lines, total } = await kept.list({ level: 0, limit: 1000 });
    assert.equal(total, 100);
    assert.deepEqual([lines[0]?.msg, lines.at(-1)?.msg], ['line 150', 'line 249']);
    logger.info('the last one');
    await kept.stop();
    assert.equal((await kept.list({ level: 0, limit: 1 })).lines[0]?.msg, 'the last one');
    await database.close();
  });
});
