/** Runs and traces: what turns did, cost and took; and the agents that they are of. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import type { TracesTable } from '../../../../src/storage/schema/tables.ts';
import { buryAgent, eraseMemory, listAgents, upsertAgent, upsertAgents } from '../../../../src/storage/turns/agents.ts';
import {
  countEndedRuns,
  findEndedRun,
  findOpenRun,
  listChainRuns,
  listEndedRuns,
  listOpenRuns,
  listRunsByEnd,
  listTraces,
  setStages,
} from '../../../../src/storage/turns/runs.ts';
import { deleteOldTraces, findTrace, sumSpending } from '../../../../src/storage/turns/traces.ts';
import { saveProgress } from '../../../../src/storage/turns/turns.ts';
import type { Cases } from '../contract.ts';
import { addAgent, addRoom, claim, defaultServerId, makeTrace, openJournal } from '../fixture.ts';

const add = (engine: Engine, ...traces: Partial<TracesTable>[]) =>
  engine.db.transaction().execute((tx) => engine.insertRows(tx, 'traces', traces.map(makeTrace)));

const ids = (runs: readonly { turn_id: string }[]) => runs.map(({ turn_id }) => turn_id);
const filter = { agentId: 'cleo' };

export const runs: Cases = {
  'runs that ended, the newest beginning first': async (engine) => {
    await add(
      engine,
      { turn_id: 'a', started_at: 1 },
      { turn_id: 'b', started_at: 3 },
      { turn_id: 'c', started_at: 2 },
      { turn_id: 'd', agent_id: 'mia' },
    );
    assert.deepEqual(ids(await listEndedRuns(engine.db, filter, 9)), ['b', 'c', 'a']);
    assert.deepEqual(ids(await listEndedRuns(engine.db, filter, 1)), ['b']);
  },
  'runs of a room, of some outcomes, within times': async (engine) => {
    await add(
      engine,
      { turn_id: 'a', channel_id: 'r1', started_at: 1 },
      { turn_id: 'b', channel_id: 'r2', started_at: 2, outcome: 'failed' },
      { turn_id: 'c', channel_id: 'r1', started_at: 3, outcome: 'timed-out' },
    );
    const list = async (more: object) => ids(await listEndedRuns(engine.db, { ...filter, ...more }, 9));
    assert.deepEqual(await list({ channelId: 'r1' }), ['c', 'a']);
    assert.deepEqual(await list({ outcomes: ['failed', 'timed-out'] }), ['c', 'b']);
    assert.deepEqual(await list({ channelId: 'r1', outcomes: ['failed', 'timed-out'] }), ['c']);
    assert.deepEqual(await list({ from: 2, to: 2 }), ['b']);
  },
  'what memory spends is no run': async (engine) => {
    await add(engine, { turn_id: 'a', message_id: '' }, { turn_id: 'b' });
    assert.deepEqual(ids(await listEndedRuns(engine.db, filter, 9)), ['b']);
  },
  'runs are counted, no further than asked': async (engine) => {
    await add(engine, ...Array.from({ length: 12 }, () => ({})));
    const counts = [
      await countEndedRuns(engine.db, filter, 99),
      await countEndedRuns(engine.db, filter, 5),
      await countEndedRuns(engine.db, { agentId: 'none' }, 5),
    ];
    assert.deepEqual(counts, [12, 5, 0]);
  },
  'runs by their end, latest first, page by page': async (engine) => {
    await add(
      engine,
      { turn_id: 'a', ended_at: 5 },
      { turn_id: 'b', ended_at: 9 },
      { turn_id: 'c', ended_at: 7 },
      { turn_id: 'd', ended_at: 1 },
    );
    const list = async (limit: number, offset: number) =>
      ids(await listRunsByEnd(engine.db, { ...filter, endedFrom: 5 }, limit, offset));
    assert.deepEqual([await list(2, 0), await list(2, 2)], [['b', 'c'], ['a']]);
  },
  'a run is found with who asked, and with its code': async (engine) => {
    const [room, cleo] = [await addRoom(engine), await addAgent(engine)];
    const journal = openJournal(engine);
    const message = await journal.ask(room, [cleo]);
    const turn = await claim(engine, room, cleo);
    assert.deepEqual((await findOpenRun(engine.db, cleo, turn.id))?.state, 'running');
    await journal.end(
      turn,
      'yes',
      makeTrace({ turn_id: turn.id, agent_id: cleo, channel_id: room, message_id: message.id }),
    );
    const run = await findEndedRun(engine.db, cleo, turn.id);
    assert.deepEqual([run?.sender_id, run?.code, run?.cost], ['ada', null, 0.25]);
    assert.equal(await findEndedRun(engine.db, 'other', turn.id), undefined);
  },
  'runs under way, the last first': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const [one, two] = [
      await journal.ask(room, ['cleo'], { createdAt: 1_000 }),
      await journal.ask(room, ['cleo'], { createdAt: 2_000 }),
    ];
    const list = async (more: object) =>
      (await listOpenRuns(engine.db, { ...filter, ...more }, 9)).map(({ message_id }) => message_id);
    assert.deepEqual(await list({}), [two.id, one.id]);
    assert.deepEqual([await list({ to: 1_500 }), await list({ channelId: 'none' })], [[one.id], []]);
    await journal.end(await claim(engine, room, 'cleo'));
    assert.deepEqual(await list({}), [two.id]);
  },
  'a chain shows what each turn did: its trace, or what it saved on the way': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const { id: root } = await journal.ask(room, ['cleo', 'mia']);
    const [cleo, mia] = [await claim(engine, room, 'cleo'), await claim(engine, room, 'mia')];
    await saveProgress(engine.db, mia.id, JSON.stringify({ stages: [{ name: 'think' }] }));
    await journal.end(cleo, 'yes', makeTrace({ turn_id: cleo.id, message_id: root, stages: '["x"]' }));
    const chain = await listChainRuns(engine.db, root, 9);
    assert.deepEqual(
      chain.map(({ id, state, stages, saved_stages }) => [id, state, stages, saved_stages && JSON.parse(saved_stages)]),
      [
        [cleo.id, 'ended', '["x"]', null],
        [mia.id, 'running', null, [{ name: 'think' }]],
      ],
    );
  },
  'stages of some traces are read and changed': async (engine) => {
    await add(engine, { turn_id: 'a' }, { turn_id: 'b' }, { turn_id: 'c', agent_id: 'mia' });
    await setStages(engine.db, 'a', '["new"]');
    const traces = await listTraces(engine.db, 'cleo', ['a', 'b', 'c', 'none']);
    assert.deepEqual(Object.fromEntries(traces.map(({ turn_id, stages }) => [turn_id, stages])), {
      a: '["new"]',
      b: '[]',
    });
    assert.equal((await findTrace(engine.db, 'c'))?.agent_id, 'mia');
  },
  'what a room spent is a sum of numbers': async (engine) => {
    await add(
      engine,
      { ended_at: 5, cost: 0.5 },
      { ended_at: 6, cost: null, message_id: '' },
      { ended_at: 7, cost: 0.25 },
      { ended_at: 1 },
      { channel_id: 'other', ended_at: 9 },
    );
    assert.deepEqual(await sumSpending(engine.db, 'room', 4), { turns: 2, tokens: 45, cost: 0.75, first: 5 });
  },
  'a room that spent nothing has spent 0': async ({ db }) => {
    assert.deepEqual(await sumSpending(db, 'room', 0), { turns: 0, tokens: 0, cost: 0, first: null });
  },
  'traces go by age and by number, the newest stay': async (engine) => {
    await add(engine, ...Array.from({ length: 3_000 }, (_, n) => ({ turn_id: `t${n}`, ended_at: n })));
    const left = async () =>
      (await engine.db.selectFrom('traces').select('ended_at').orderBy('ended_at').execute()).map(
        ({ ended_at }) => ended_at,
      );
    await deleteOldTraces(engine.db, { before: 1_234, most: 10_000 });
    assert.deepEqual([(await left()).length, (await left())[0]], [1_766, 1_234]);
    await deleteOldTraces(engine.db, { before: 0, most: 500 });
    assert.deepEqual([(await left()).length, (await left())[0]], [500, 2_500]);
  },
  'agents come by name, in the order of its bytes': async (engine) => {
    for (const name of ['bob', 'Zoe', 'ada', 'Bea']) await addAgent(engine, name);
    assert.deepEqual(
      (await listAgents(engine.db)).map(({ name }) => name),
      ['Bea', 'Zoe', 'ada', 'bob'],
    );
  },
  'an agent that is written as it was has the time of its last change': async ({ db }) => {
    const draft = { id: 'a', name: 'Ada', character: '{}' };
    const first = await upsertAgent(db, draft);
    assert.deepEqual([first.is_enabled, first.secrets, first.deleted_at], [1, '{}', null]);
    await db.updateTable('agents').set({ updated_at: 7, created_at: 5 }).where('id', '=', 'a').execute();
    assert.equal((await upsertAgent(db, draft)).updated_at, 7);
    const changed = await upsertAgent(db, { ...draft, name: 'Bea' });
    assert.deepEqual([changed.name, changed.created_at, changed.updated_at > 7], ['Bea', 5, true]);
  },
  'many agents are written at once': async ({ db }) => {
    await upsertAgents(
      db,
      ['a', 'b', 'c'].map((id) => ({ id, name: id, character: '{}' })),
    );
    assert.equal((await listAgents(db)).length, 3);
  },
  'an agent that is buried is known, but as nothing; it may come back': async ({ db }) => {
    const draft = { id: 'a', name: 'Ada', character: '{"bio":["x"]}', secrets: '{"key":"1"}' };
    await upsertAgent(db, draft);
    await buryAgent(db, 'a');
    const [gone] = await listAgents(db);
    assert.deepEqual(
      [gone?.character, gone?.secrets, gone?.is_enabled, gone?.deleted_at !== null],
      ['{"bio":[]}', '{}', 0, true],
    );
    assert.equal((await upsertAgent(db, { ...draft, is_enabled: 1 })).deleted_at, null);
  },
  'all that an agent has goes, and nothing of others': async (engine) => {
    const { db } = engine;
    const room = await addRoom(engine);
    for (const agent_id of ['cleo', 'mia']) {
      await db.insertInto('memory_progress').values({ agent_id, channel_id: room, last_seq: 1 }).execute();
      await db.insertInto('knowledge_sources').values({ agent_id, source: 's', digest: 'd' }).execute();
      await db.insertInto('server_agents').values({ server_id: defaultServerId, agent_id, added_at: 1 }).execute();
      await db
        .insertInto('worlds')
        .values({ id: agent_id, agent_id, server_id: defaultServerId, name: 'w', metadata: '{}', created_at: 1 })
        .execute();
    }
    await eraseMemory(db, 'cleo');
    for (const table of ['memory_progress', 'knowledge_sources', 'server_agents', 'worlds'] as const)
      assert.deepEqual(await db.selectFrom(table).select('agent_id').execute(), [{ agent_id: 'mia' }], table);
  },
};
