/** Turns: who may begin which, and how they go back to the queue. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  claimTurns,
  countOpenTurns,
  handBackTurn,
  listChain,
  listOpenLanes,
  listOpenTurns,
  listWaitingTurns,
  parkTurn,
  requeueTurns,
  saveProgress,
  type TurnRow,
} from '../../../../src/storage/turns/turns.ts';
import type { Cases } from '../contract.ts';
import { addRoom, claim, makeEnding, makeMessage, openJournal } from '../fixture.ts';

const find = async ({ db }: Engine, id: string): Promise<TurnRow> =>
  db.selectFrom('turns').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** A room in which some agents are asked, several times. */
async function begin(engine: Engine, agents: readonly string[] = ['cleo'], times = 1) {
  const room = await addRoom(engine);
  const journal = openJournal(engine);
  const messages = [];
  for (let n = 0; n < times; n++) messages.push(await journal.ask(room, agents));
  return { room, messages, ...journal };
}

/** An open question of a turn, in its message. */
const question = (turn: TurnRow) => ({
  id: turn.message_id,
  turn_id: turn.id,
  call_id: 'call',
  channel_id: turn.channel_id,
  deadline: 9_000,
  otherwise: 'deny' as const,
  approved: null,
  answered_by: null,
});

export const claims: Cases = {
  'a question makes a turn, which is claimed once': async (engine) => {
    const { room, messages } = await begin(engine);
    const lane = { channelId: room, agentId: 'cleo' };
    const [turn, ...others] = await claimTurns(engine.db, [lane]);
    assert.deepEqual(
      [turn?.state, turn?.attempts, turn?.message_id, turn?.root_id, turn?.hops],
      ['running', 1, messages[0]?.id, messages[0]?.id, 0],
    );
    assert.deepEqual([others, await claimTurns(engine.db, [lane])], [[], []]);
  },
  'an agent has one turn at a time in a room, the first first': async (engine) => {
    const { room, messages, end } = await begin(engine, ['cleo'], 2);
    const first = await claim(engine, room, 'cleo');
    assert.equal(first.message_id, messages[0]?.id);
    assert.deepEqual(await claimTurns(engine.db, [{ channelId: room, agentId: 'cleo' }]), []);
    await end(first);
    assert.equal((await claim(engine, room, 'cleo')).message_id, messages[1]?.id);
  },
  'two agents of a room work at once': async (engine) => {
    const { room } = await begin(engine, ['cleo', 'mia']);
    const lanes = ['cleo', 'mia', 'none'].map((agentId) => ({ channelId: room, agentId }));
    assert.deepEqual((await claimTurns(engine.db, lanes)).map(({ agent_id }) => agent_id).sort(), ['cleo', 'mia']);
  },
  'an agent works in two rooms at once': async (engine) => {
    const rooms = [(await begin(engine)).room, (await begin(engine)).room];
    const turns = await claimTurns(
      engine.db,
      rooms.map((channelId) => ({ channelId, agentId: 'cleo' })),
    );
    assert.deepEqual(turns.map(({ channel_id }) => channel_id).sort(), rooms.sort());
  },
  'of no lanes nothing is claimed': async (engine) => {
    await begin(engine);
    assert.deepEqual(await claimTurns(engine.db, []), []);
  },
  'lanes with open turns are listed, the oldest turn first': async (engine) => {
    const one = await begin(engine, ['cleo', 'mia']);
    const two = await begin(engine, ['cleo']);
    await one.end(await claim(engine, one.room, 'mia'));
    assert.deepEqual(await listOpenLanes(engine.db), [
      { channelId: one.room, agentId: 'cleo' },
      { channelId: two.room, agentId: 'cleo' },
    ]);
  },
  'open turns are counted, in a room and in all, no further than asked': async (engine) => {
    const one = await begin(engine, ['cleo', 'mia']);
    await begin(engine);
    assert.deepEqual(
      [
        await countOpenTurns(engine.db, 99),
        await countOpenTurns(engine.db, 99, one.room),
        await countOpenTurns(engine.db, 2),
        await countOpenTurns(engine.db, 99, 'none'),
      ],
      [3, 2, 2, 0],
    );
  },
  'what a dead process left running is queued again, all of it': async (engine) => {
    const { room } = await begin(engine, ['cleo', 'mia']);
    await claim(engine, room, 'cleo');
    assert.deepEqual([await requeueTurns(engine.db), await requeueTurns(engine.db)], [1, 0]);
    assert.equal((await claim(engine, room, 'cleo')).attempts, 2);
  },
  'one turn is queued again, and others go on': async (engine) => {
    const { room } = await begin(engine, ['cleo', 'mia']);
    const [cleo, mia] = [await claim(engine, room, 'cleo'), await claim(engine, room, 'mia')];
    assert.equal(await requeueTurns(engine.db, cleo.id), 1);
    assert.deepEqual([(await find(engine, cleo.id)).state, (await find(engine, mia.id)).state], ['queued', 'running']);
  },
  'a turn that is handed back was not tried': async (engine) => {
    const { room } = await begin(engine);
    const turn = await claim(engine, room, 'cleo');
    await handBackTurn(engine.db, turn.id);
    const back = await find(engine, turn.id);
    assert.deepEqual([back.state, back.attempts], ['queued', 0]);
  },
  'a turn that has ended is not given back': async (engine) => {
    const { room, end } = await begin(engine);
    const turn = await claim(engine, room, 'cleo');
    await end(turn);
    await handBackTurn(engine.db, turn.id);
    await parkTurn(engine.db, turn.id);
    assert.equal(await requeueTurns(engine.db, turn.id), 0);
    assert.equal((await find(engine, turn.id)).state, 'ended');
  },
  'a turn that asks waits, and holds up nobody': async (engine) => {
    const { room } = await begin(engine, ['cleo'], 2);
    const turn = await claim(engine, room, 'cleo');
    await engine.db.insertInto('approvals').values(question(turn)).execute();
    await parkTurn(engine.db, turn.id);
    const waiting = await listWaitingTurns(engine.db, 'cleo');
    assert.deepEqual(
      waiting.map(({ id, attempts }) => [id, attempts]),
      [[turn.id, 0]],
    );
    assert.notEqual((await claim(engine, room, 'cleo')).id, turn.id);
  },
  'a turn whose question was answered meanwhile is queued': async (engine) => {
    const { room } = await begin(engine);
    const turn = await claim(engine, room, 'cleo');
    await engine.db
      .insertInto('approvals')
      .values({ ...question(turn), approved: 1 })
      .execute();
    await parkTurn(engine.db, turn.id);
    assert.equal((await find(engine, turn.id)).state, 'queued');
  },
  'open turns of a room, or of one message in it': async (engine) => {
    const { room, messages } = await begin(engine, ['cleo', 'mia'], 2);
    assert.equal((await listOpenTurns(engine.db, room)).length, 4);
    const own = await listOpenTurns(engine.db, room, messages[0]?.id);
    assert.deepEqual(own.map(({ agent_id, message_id }) => [agent_id, message_id]).sort(), [
      ['cleo', messages[0]?.id],
      ['mia', messages[0]?.id],
    ]);
  },
  'progress is kept of an open turn, and of no other': async (engine) => {
    const { room, end } = await begin(engine);
    const turn = await claim(engine, room, 'cleo');
    assert.equal(await saveProgress(engine.db, turn.id, '{"stages":[]}'), true);
    assert.equal((await find(engine, turn.id)).progress, '{"stages":[]}');
    await end(turn);
    assert.equal(await saveProgress(engine.db, turn.id, '{}'), false);
    assert.equal((await find(engine, turn.id)).progress, null);
  },
  'a chain has its turns, oldest first': async (engine) => {
    const { room, messages, write } = await begin(engine);
    const turn = await claim(engine, room, 'cleo');
    const message = makeMessage(room, { senderId: 'cleo' });
    await write({ kind: 'turn-end', ends: makeEnding(turn), message, addressees: ['mia'] });
    const chain = await listChain(engine.db, messages[0]?.id as string);
    assert.deepEqual(
      chain.map(({ agent_id, hops }) => [agent_id, hops]),
      [
        ['cleo', 0],
        ['mia', 1],
      ],
    );
  },
};
