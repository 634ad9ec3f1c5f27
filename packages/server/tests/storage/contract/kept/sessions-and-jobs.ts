/** Sessions of a user with an agent, and jobs: found by id, by user, by their end. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  type ChatSessionRow,
  changeChatSession,
  countChatSessions,
  countSessionsByAgent,
  deleteChatSession,
  findChatSession,
  findNextMoment,
  forgetChatSessions,
  hasOpenChatSessions,
  insertChatSession,
  listOpenChatSessions,
  listOpenSessionUsers,
  takeEnded,
  takeWarnings,
} from '../../../../src/storage/kept/chat-sessions.ts';
import {
  averageJobMs,
  changeJob,
  countJobs,
  deleteJobsBefore,
  findDueJobs,
  findJob,
  insertJob,
  type JobRow,
  listJobAnswers,
  listJobs,
  listOpenJobs,
} from '../../../../src/storage/kept/jobs.ts';
import type { Cases } from '../contract.ts';
import { addRoom, openJournal } from '../fixture.ts';

const addSession = ({ db }: Engine, id: string, over: Partial<ChatSessionRow> = {}) =>
  insertChatSession(db, {
    id,
    agent_id: 'cleo',
    user_id: 'ada',
    metadata: '{}',
    timeout_config: '{}',
    created_at: 1,
    last_activity: 1,
    expires_at: 1_000,
    warn_at: 900,
    ...over,
  });

const addJob = ({ db }: Engine, id: string, over: Partial<JobRow> = {}) =>
  insertJob(db, {
    id,
    agent_id: 'cleo',
    user_id: 'ada',
    prompt: 'why?',
    metadata: '{}',
    status: 'pending',
    created_at: 100,
    expires_at: 1_000,
    ended_at: null,
    answer_id: null,
    error: null,
    ...over,
  });

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

export const sessionsAndJobs: Cases = {
  'a session is found as it was made': async (engine) => {
    await addSession(engine, 's1', { metadata: '{"a":1}' });
    const found = await findChatSession(engine.db, 's1');
    assert.deepEqual([found?.metadata, found?.renewal_count, found?.ended_at], ['{"a":1}', 0, null]);
    assert.equal(await findChatSession(engine.db, 'none'), undefined);
  },
  'open sessions, newest id first, page by page, of one user or of all': async (engine) => {
    for (const [id, user_id] of [
      ['a', 'ada'],
      ['B', 'ada'],
      ['c', 'bob'],
    ] as const)
      await addSession(engine, id, { user_id });
    const list = async (more: object) => ids(await listOpenChatSessions(engine.db, { now: 10, limit: 9, ...more }));
    assert.deepEqual(
      [await list({}), await list({ userId: 'ada' }), await list({ before: 'c' })],
      [
        ['c', 'a', 'B'],
        ['a', 'B'],
        ['a', 'B'],
      ],
    );
    assert.deepEqual([await list({ now: 1_000 }), (await listOpenSessionUsers(engine.db)).length], [[], 3]);
  },
  'sessions are counted as numbers': async (engine) => {
    for (let n = 0; n < 11; n++)
      await addSession(engine, `s${n}`, { agent_id: n < 10 ? 'cleo' : 'mia', warn_at: n === 0 ? null : 900 });
    await addSession(engine, 'over', { expires_at: 5, user_id: 'bob' });
    assert.deepEqual(await countChatSessions(engine.db, 10), { known: 12, open: 11, ending: 1 });
    assert.deepEqual(await countChatSessions(engine.db, 10, 'bob'), { known: 1, open: 0, ending: 0 });
    const byAgent = await countSessionsByAgent(engine.db, 10);
    assert.deepEqual(Object.fromEntries(byAgent.map(({ agent_id, open }) => [agent_id, open])), { cleo: 10, mia: 1 });
    assert.deepEqual(
      [await hasOpenChatSessions(engine.db, 10, 11), await hasOpenChatSessions(engine.db, 10, 12)],
      [true, false],
    );
  },
  'a session that is open is changed, and its renewals are counted': async (engine) => {
    await addSession(engine, 's1');
    await changeChatSession(engine.db, 's1', { last_activity: 5, expires_at: 2_000 }, true);
    const changed = await changeChatSession(engine.db, 's1', { last_activity: 6 }, false);
    assert.deepEqual([changed?.expires_at, changed?.renewal_count, changed?.last_activity], [2_000, 1, 6]);
    assert.equal(await changeChatSession(engine.db, 's1', { last_activity: 2_000 }, true), undefined);
  },
  'a warning is taken once': async (engine) => {
    await addSession(engine, 'a', { warn_at: 5 });
    await addSession(engine, 'b', { warn_at: 6 });
    await addSession(engine, 'later', { warn_at: 50 });
    assert.deepEqual(
      [
        ids(await takeWarnings(engine.db, 10, 1)),
        ids(await takeWarnings(engine.db, 10, 9)),
        await takeWarnings(engine.db, 10, 9),
      ],
      [['a'], ['b'], []],
    );
  },
  'an end is taken once, and changes no more': async (engine) => {
    await addSession(engine, 'a', { expires_at: 5 });
    await addSession(engine, 'b');
    const [ended] = await takeEnded(engine.db, 10, 9);
    assert.deepEqual([ended?.id, ended?.ended_at, ended?.warn_at], ['a', 10, null]);
    assert.deepEqual(
      [await takeEnded(engine.db, 10, 9), await changeChatSession(engine.db, 'a', { last_activity: 1 }, true)],
      [[], undefined],
    );
  },
  'the next moment is that of an end, of a warning, or of forgetting': async (engine) => {
    assert.equal(await findNextMoment(engine.db, 100), undefined);
    await addSession(engine, 'a', { expires_at: 1_000, warn_at: null });
    assert.equal(await findNextMoment(engine.db, 100), 1_000);
    await addSession(engine, 'b', { expires_at: 2_000, warn_at: 700 });
    assert.equal(await findNextMoment(engine.db, 100), 700);
    await addSession(engine, 'c', { expires_at: 400, warn_at: null, ended_at: 400 });
    assert.equal(await findNextMoment(engine.db, 100), 500);
  },
  'sessions are forgotten some time after their end': async (engine) => {
    await addSession(engine, 'a', { ended_at: 5 });
    await addSession(engine, 'b', { ended_at: 50 });
    await forgetChatSessions(engine.db, 10);
    assert.deepEqual(
      [await findChatSession(engine.db, 'a'), (await findChatSession(engine.db, 'b'))?.id],
      [undefined, 'b'],
    );
    assert.deepEqual([await deleteChatSession(engine.db, 'b'), await deleteChatSession(engine.db, 'b')], [true, false]);
  },
  'a job is found as it was made': async (engine) => {
    await addJob(engine, 'j1', { metadata: '{"a":1}' });
    const { prompt, metadata, status } = (await findJob(engine.db, 'j1')) ?? {};
    assert.deepEqual(
      [prompt, metadata, status, await findJob(engine.db, 'none')],
      ['why?', '{"a":1}', 'pending', undefined],
    );
  },
  'jobs come newest id first, by user, by status, page by page': async (engine) => {
    for (const [id, user_id] of [
      ['a', 'ada'],
      ['B', 'ada'],
      ['c', 'bob'],
      ['d', 'ada'],
    ] as const)
      await addJob(engine, id, { user_id });
    await changeJob(engine.db, 'a', { status: 'failed', ended_at: 200 });
    const list = async (more: object) => ids((await listJobs(engine.db, { limit: 9, ...more })).rows);
    assert.deepEqual(
      [await list({}), await list({ userId: 'ada' }), await list({ status: 'failed' }), await list({ before: 'c' })],
      [['d', 'c', 'a', 'B'], ['d', 'a', 'B'], ['a'], ['a', 'B']],
    );
    assert.deepEqual(
      [(await listJobs(engine.db, { limit: 3 })).hasMore, (await listJobs(engine.db, { limit: 4 })).hasMore],
      [true, false],
    );
  },
  'a page of jobs is no larger than may be read at a time': async (engine) => {
    for (const id of ['a', 'b', 'c']) await addJob(engine, id, { prompt: 'x'.repeat(300_000) });
    const { rows, hasMore } = await listJobs(engine.db, { limit: 3 });
    assert.deepEqual([ids(rows), hasMore], [['c'], true]);
  },
  'a job that has ended stays as it is': async (engine) => {
    await addJob(engine, 'j1');
    await changeJob(engine.db, 'j1', { status: 'completed', ended_at: 300 });
    await changeJob(engine.db, 'j1', { status: 'failed', ended_at: 400 });
    const { status, ended_at } = (await findJob(engine.db, 'j1')) ?? {};
    assert.deepEqual([status, ended_at, await listOpenJobs(engine.db)], ['completed', 300, []]);
  },
  'jobs whose time is over, and the time of the next': async (engine) => {
    for (const [id, expires_at] of [
      ['a', 30],
      ['b', 10],
      ['c', 50],
    ] as const)
      await addJob(engine, id, { expires_at });
    assert.deepEqual(await findDueJobs(engine.db, 30), { due: ['b', 'a'], next: 50 });
    assert.deepEqual(await findDueJobs(engine.db, 99), {
      due: ['b', 'a', 'c'].sort((x, y) => 'bac'.indexOf(x) - 'bac'.indexOf(y)),
      next: undefined,
    });
  },
  'jobs are counted by status, as numbers': async (engine) => {
    for (let n = 0; n < 12; n++) await addJob(engine, `j${n}`, { user_id: n < 2 ? 'bob' : 'ada' });
    await changeJob(engine.db, 'j0', { status: 'timeout', ended_at: 1 });
    assert.deepEqual(
      [await countJobs(engine.db), await countJobs(engine.db, 'bob')],
      [
        { pending: 11, timeout: 1 },
        { pending: 1, timeout: 1 },
      ],
    );
  },
  'how long jobs took on average': async (engine) => {
    assert.equal(await averageJobMs(engine.db), 0);
    for (const [id, ended_at] of [
      ['a', 200],
      ['b', 301],
      ['c', 9_000],
    ] as const)
      await addJob(engine, id, { status: id === 'c' ? 'failed' : 'completed', ended_at });
    assert.equal(await averageJobMs(engine.db), 150.5);
  },
  'answers of jobs, without those that are gone': async (engine) => {
    const room = await addRoom(engine);
    const answer = await openJournal(engine).say(room, 'because');
    await addJob(engine, 'a', { answer_id: answer.id });
    await addJob(engine, 'b', { answer_id: 'gone' });
    await addJob(engine, 'c');
    const { rows } = await listJobs(engine.db, { limit: 9 });
    assert.deepEqual(await listJobAnswers(engine.db, rows), new Map([[answer.id, answer]]));
  },
  'jobs are forgotten by the age of their end, open ones never': async (engine) => {
    for (const [id, ended_at] of [
      ['a', 5],
      ['b', 50],
      ['c', null],
    ] as const)
      await addJob(engine, id, { ended_at });
    await deleteJobsBefore(engine.db, 10);
    assert.deepEqual(ids((await listJobs(engine.db, { limit: 9 })).rows), ['c', 'b']);
  },
};
