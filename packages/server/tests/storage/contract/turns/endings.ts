/** How turns end, and the questions that they ask meanwhile. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  findApproval,
  findApprovalById,
  listLeftApprovals,
  listOpenApprovals,
  listOpenApprovalsOf,
} from '../../../../src/storage/turns/approvals.ts';
import { findOpenTurns, hasOpenTurn, listChains } from '../../../../src/storage/turns/turn-endings.ts';
import { parkTurn, type TurnRow } from '../../../../src/storage/turns/turns.ts';
import type { Cases } from '../contract.ts';
import { addRoom, claim, getEntry, makeEnding, makeMessage, openJournal, placesOf } from '../fixture.ts';

/** A turn that has asked something. */
async function ask(engine: Engine, deadline = 9_000) {
  const room = await addRoom(engine);
  const journal = openJournal(engine);
  await journal.ask(room, ['cleo']);
  const turn = await claim(engine, room, 'cleo');
  const question = { turn_id: turn.id, call_id: 'call', channel_id: room, deadline, otherwise: 'deny' as const };
  const added = await journal.add(
    room,
    { senderId: 'cleo', source: 'agent_question' },
    { approval: { ...question, approved: null, answered_by: null } },
  );
  const { message: edit } = getEntry(added, 'posted');
  const { id } = edit;
  const settle = (approved: boolean, answeredBy: string | null = 'ada') =>
    journal.write({ kind: 'edit', edit, settles: { id, turn_id: turn.id, approved, answeredBy } });
  return { room, turn, id, settle, ...journal };
}

const stateOf = async ({ db }: Engine, { id }: TurnRow) =>
  (await db.selectFrom('turns').select('state').where('id', '=', id).executeTakeFirst())?.state;

export const endings: Cases = {
  'the last turn to end tells how all of them did': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const asked = await journal.ask(room, ['cleo', 'mia']);
    const [cleo, mia] = [await claim(engine, room, 'cleo'), await claim(engine, room, 'mia')];
    const first = await journal.end(cleo, 'one');
    const last = await journal.end(mia, 'two');
    assert.deepEqual(placesOf(first), [['posted', 2]]);
    assert.deepEqual(placesOf(last), [
      ['posted', 3],
      ['completed', 4],
    ]);
    const { message, turns, wasAwaited } = getEntry(last, 'completed');
    assert.deepEqual(turns.map(({ agent_id, outcome }) => [agent_id, outcome]).sort(), [
      ['cleo', 'answered'],
      ['mia', 'answered'],
    ]);
    assert.deepEqual([message.id, wasAwaited], [asked.id, true]);
  },
  'a turn ends once; what comes later is not written': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.ask(room, ['cleo']);
    const turn = await claim(engine, room, 'cleo');
    await journal.end(turn, 'one');
    assert.deepEqual(await journal.end(turn, 'two'), { duplicate: true, entries: [] });
    assert.equal((await engine.db.selectFrom('messages').selectAll().execute()).length, 2);
  },
  'a chain goes on while an answer wakes another agent': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const { id: root } = await journal.ask(room, ['cleo']);
    const turn = await claim(engine, room, 'cleo');
    const message = makeMessage(room, { senderId: 'cleo' });
    const answer = await journal.write({ kind: 'turn-end', ends: makeEnding(turn), message, addressees: ['mia'] });
    assert.deepEqual(placesOf(answer), [['posted', 2]]);
    const last = await journal.end(await claim(engine, room, 'mia'), 'done');
    const end = getEntry(last, 'completed');
    assert.deepEqual([end.message.id, end.turns.length], [root, 2]);
  },
  'an agent that is at work is not asked again where that is not wanted': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.ask(room, ['cleo']);
    const again = await journal.post(room, {}, { addressees: ['cleo'], policy: 'reject' });
    const { turns, wasAwaited } = getEntry(again, 'completed');
    assert.deepEqual(
      [turns, wasAwaited, again.isAwaited, again.refused],
      [[{ agent_id: 'cleo', outcome: 'ignored', code: 'agent-busy' }], false, false, ['ignored']],
    );
  },
  'which turns are open is known of any list': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.ask(room, ['cleo', 'mia']);
    const [cleo, mia] = [await claim(engine, room, 'cleo'), await claim(engine, room, 'mia')];
    await journal.end(cleo);
    await engine.db.transaction().execute(async (tx) => {
      assert.deepEqual(
        [await findOpenTurns(tx, [cleo.id, mia.id, 'none']), await findOpenTurns(tx, [])],
        [new Set([mia.id]), new Set()],
      );
      assert.deepEqual([await hasOpenTurn(tx, room, 'cleo'), await hasOpenTurn(tx, room, 'mia')], [false, true]);
    });
  },
  'chains of messages: ended, open, or of nobody': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const [ended, open, bare] = [
      await journal.ask(room, ['cleo']),
      await journal.ask(room, ['mia']),
      await journal.say(room, 'x'),
    ];
    await journal.end(await claim(engine, room, 'cleo'));
    const chains = await listChains(engine.db, [ended.id, open.id, bare.id, 'none']);
    const byRoot = Object.fromEntries(chains.map(({ rootId, turns }) => [rootId, turns?.length]));
    assert.deepEqual(byRoot, { [ended.id]: 1, [open.id]: undefined, [bare.id]: 0 });
  },
  'a question is found by its call and by its message': async (engine) => {
    const { room, turn, id } = await ask(engine);
    assert.equal((await findApproval(engine.db, turn.id, 'call'))?.id, id);
    assert.equal((await findApprovalById(engine.db, room, id))?.turn_id, turn.id);
    assert.deepEqual(
      [await findApproval(engine.db, turn.id, 'other'), await findApprovalById(engine.db, 'other', id)],
      [undefined, undefined],
    );
  },
  'open questions, the most urgent first': async (engine) => {
    const [late, soon] = [await ask(engine, 9_000), await ask(engine, 8_000)];
    const list = async () => (await listOpenApprovals(engine.db, 9)).map(({ id }) => id);
    assert.deepEqual(await list(), [soon.id, late.id]);
    await soon.settle(true);
    assert.deepEqual(await list(), [late.id]);
  },
  'an answer lets the turn that waits go on': async (engine) => {
    const { turn, settle, id, room } = await ask(engine);
    await parkTurn(engine.db, turn.id);
    assert.equal(await stateOf(engine, turn), 'waiting');
    assert.equal((await settle(true)).duplicate, false);
    assert.equal(await stateOf(engine, turn), 'queued');
    const { approved, answered_by } = (await findApprovalById(engine.db, room, id)) ?? {};
    assert.deepEqual([approved, answered_by], [1, 'ada']);
  },
  'a question is answered once': async (engine) => {
    const { settle, id, room } = await ask(engine);
    await settle(false, null);
    assert.equal((await settle(true)).duplicate, true);
    const { approved, answered_by } = (await findApprovalById(engine.db, room, id)) ?? {};
    assert.deepEqual([approved, answered_by], [0, null]);
  },
  'what a turn has asked is open until it is answered': async (engine) => {
    const { turn, settle } = await ask(engine);
    assert.equal((await listOpenApprovalsOf(engine.db, turn.id)).length, 1);
    await settle(true);
    assert.deepEqual(await listOpenApprovalsOf(engine.db, turn.id), []);
  },
  'questions of turns that have ended are left over': async (engine) => {
    const [over, open] = [await ask(engine), await ask(engine)];
    await over.end(over.turn);
    assert.deepEqual(
      (await listLeftApprovals(engine.db)).map(({ id }) => id),
      [over.id],
    );
    assert.equal((await listOpenApprovalsOf(engine.db, open.turn.id)).length, 1);
  },
};
