/** What an agent does and keeps at hand: cache, tasks, logs, runs, users. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { ada, makeId, open, otherRoom, room, world } from './support/open.ts';

describe('cache and tasks', () => {
  test('a value is kept by its key until it is deleted', async (t) => {
    const { adapter } = await open(t);
    for (const value of [{ a: [1, null] }, [], 0, false, 'text', ''] as unknown[]) {
      assert.equal(await adapter.setCache('key', value), true);
      assert.deepEqual(await adapter.getCache('key'), value);
    }
    await adapter.setCache('key', JSON.stringify({ a: 1 }));
    assert.deepEqual(await adapter.getCache('key'), { a: 1 }, 'as plugin-sql gives it');
    assert.equal(await adapter.setCache('key', undefined), false);
    assert.equal(await adapter.setCache('key', null), false);
    assert.equal(await adapter.deleteCache('key'), true);
    assert.equal(await adapter.deleteCache('key'), true);
    assert.equal(await adapter.getCache('key'), undefined);
  });

  test('tasks are found by room, name and all of their tags', async (t) => {
    const { adapter } = await open(t);
    const tags = ['queue', 'repeat'];
    const id = await adapter.createTask({ name: 'feed', worldId: world, roomId: room, tags, metadata: { a: 1 } });
    await adapter.createTask({ name: 'sleep', worldId: world, tags: ['queue'] });
    await assert.rejects(adapter.createTask({ name: 'lost' }), /needs a worldId/);
    await assert.rejects(adapter.createTask({ id, name: 'feed', worldId: world }), /UNIQUE/);
    const namesOf = async (filter: { roomId?: string; tags?: string[] }) =>
      (await adapter.getTasks(filter)).map(({ name }) => name);
    assert.deepEqual(await namesOf({}), ['feed', 'sleep']);
    assert.deepEqual(await namesOf({ tags }), ['feed']);
    assert.deepEqual(await namesOf({ tags: ['queue'], roomId: otherRoom }), []);
    await adapter.updateTask(id, { description: 'the cat', metadata: { b: 2 } });
    const [task] = await adapter.getTasksByName('feed');
    assert.deepEqual([task?.description, task?.metadata, task?.tags], ['the cat', { b: 2 }, tags]);
    await adapter.deleteTask(id);
    assert.equal(await adapter.getTask(id), null);
  });
});

describe('logs and runs', () => {
  test('logs come newest first, and whatever is in them', async (t) => {
    const { adapter } = await open(t);
    const round: { self?: unknown; text: string } = { text: 'C:\\Users' };
    round.self = round;
    const twice = { once: 1 };
    const bodies = [{ a: 1 }, round, { big: 2n }, { first: twice, second: twice }];
    for (const body of bodies) await adapter.log({ body, entityId: ada, roomId: room, type: 'action' });
    await adapter.log({ body: {}, entityId: makeId(), roomId: makeId(), type: 'other' });
    assert.deepEqual(
      (await adapter.getLogs({ type: 'action', count: 9 })).map(({ body }) => body),
      [{ first: twice, second: twice }, { big: '2' }, { text: 'C:\\Users', self: null }, { a: 1 }],
    );
    const [one] = await adapter.getLogs({ roomId: room, count: 1, offset: 3 });
    assert.deepEqual([one?.body, one?.entityId, one?.createdAt instanceof Date], [{ a: 1 }, ada, true]);
    await adapter.deleteLog(one?.id ?? '');
    assert.equal((await adapter.getLogs({ roomId: room })).length, 3);
  });

  test('only the newest 10,000 are kept, and hardly more', async (t) => {
    const { adapter, file } = await open(t);
    const database = new DatabaseSync(file);
    database.exec(`
      WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 12_000)
      INSERT INTO logs (created_at, entity_id, room_id, type, body)
      SELECT n, '${ada}', '${room}', 'action', json_object('index', n) FROM counting`);
    database.close();
    const add = (index: number) => adapter.log({ body: { index }, entityId: ada, roomId: room, type: 'action' });
    for (let index = 12_001; index <= 12_150; index++) await add(index);
    const kept = await adapter.getLogs({ count: 20_000 });
    assert.ok(kept.length >= 10_000 && kept.length < 10_100, `${kept.length}`);
    assert.deepEqual(kept[0]?.body, { index: 12_150 });
  });

  test('a run is put together from its logs', async (t) => {
    const { adapter } = await open(t);
    const log = (type: string, body: object) => adapter.log({ body, entityId: ada, roomId: room, type });
    const messageId = makeId();
    await log('run_event', { runId: 'one', status: 'started', messageId, metadata: { a: 1 } });
    await log('action', { runId: 'one', result: { success: false }, promptCount: 2 });
    await log('useModel:TEXT_LARGE', { runId: 'one' });
    await log('evaluator', { runId: 'one' });
    await log('embedding_event', { runId: 'one', status: 'failed' });
    await log('run_event', { runId: 'one', status: 'completed' });
    await log('run_event', { runId: 'two', status: 'started' });
    await adapter.log({ body: { runId: 'x', status: 'started' }, entityId: ada, roomId: makeId(), type: 'run_event' });
    const { runs, total, hasMore } = await adapter.getAgentRunSummaries({ limit: 5 });
    const one = runs.find(({ runId }) => runId === 'one');
    assert.deepEqual([total, hasMore, runs.map(({ runId }) => runId).sort()], [2, false, ['one', 'two']]);
    assert.deepEqual(one?.counts, { actions: 1, modelCalls: 3, errors: 2, evaluators: 1 });
    assert.deepEqual([one?.status, one?.messageId, one?.metadata], ['completed', messageId, { a: 1 }]);
    assert.equal(one?.durationMs, (one?.endedAt ?? 0) - (one?.startedAt ?? 0));
    const started = await adapter.getAgentRunSummaries({ status: 'started' });
    assert.deepEqual([started.total, started.runs[0]?.endedAt], [1, null]);
    assert.equal((await adapter.getAgentRunSummaries({ to: 1 })).total, 0);
  });
});

test('users are found by id, name and address, in any case', async (t) => {
  const { adapter } = await open(t);
  const user = { id: makeId(), email: 'Ada@example.org', username: 'Ada', passwordHash: 'hash' };
  await adapter.createUser(user);
  await assert.rejects(adapter.createUser({ ...user, id: makeId() }), /UNIQUE/);
  assert.equal((await adapter.getUserByEmail('ADA@example.org'))?.id, user.id);
  assert.equal((await adapter.getUserByUsername('Ada'))?.lastLoginAt, null);
  await adapter.updateUserLastLogin(user.id);
  assert.ok((await adapter.getUserById(user.id))?.lastLoginAt instanceof Date);
  assert.equal(await adapter.getUserById(makeId()), null);
});
