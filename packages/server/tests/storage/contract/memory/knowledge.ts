/** What agents were given to know, and memories as people look through them. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  deleteFact,
  deleteFacts,
  findMemoryRow,
  findMessagePlace,
  listMemoryRows,
  listMessagesOfAgent,
  listMessagesOfRoom,
  type Messages,
  updateFact,
} from '../../../../src/storage/memory/agent-memories.ts';
import { listSources, replaceSource } from '../../../../src/storage/memory/knowledge.ts';
import { insertMemories } from '../../../../src/storage/memory/memories.ts';
import { listNewest, listRelevant } from '../../../../src/storage/memory/memory-search.ts';
import type { Cases } from '../contract.ts';
import { addRoom, makePerson, openJournal } from '../fixture.ts';

const agentId = 'cleo';
const all = { agentId, channelId: null };

const know = async ({ db }: Engine, text: string, limit = 9) =>
  (await listRelevant(db, { ...all, text, limit })).map((one) => one.text);

/** A room in which the agent takes part and has learned some facts. */
async function learn(engine: Engine, ...facts: string[]) {
  const room = await addRoom(engine);
  await engine.db
    .insertInto('participants')
    .values(makePerson(room, agentId, { kind: 'agent' }))
    .execute();
  const journal = openJournal(engine);
  for (const text of facts) {
    const { id, seq } = await journal.say(room, text);
    await insertMemories(engine, { agentId, channelId: room }, [{ messageId: id, text }], seq, 100);
  }
  const rows = () => listMemoryRows(engine.db, { agentId, kind: 'fact', channelId: room }, { limit: 9 });
  return { room, rows, ...journal };
}

const texts = ({ messages }: Messages) => messages.map(({ text }) => text);

export const knowledge: Cases = {
  'a source is known by its parts, and by its digest': async (engine) => {
    assert.equal(await replaceSource(engine, agentId, 'a.md', ['Tea is green.', 'Coffee is black.'], 'd1'), 2);
    assert.deepEqual(await know(engine, 'tea'), ['Tea is green.']);
    assert.deepEqual(await listSources(engine.db, agentId), new Map([['a.md', 'd1']]));
    assert.equal((await listNewest(engine.db, all, 9))[0]?.source, 'a.md');
  },
  'a source that changed is known as it is now': async (engine) => {
    await replaceSource(engine, agentId, 'a.md', ['Tea is green.'], 'd1');
    await replaceSource(engine, agentId, 'a.md', ['Cocoa is brown.'], 'd2');
    assert.deepEqual([await know(engine, 'tea'), await know(engine, 'cocoa')], [[], ['Cocoa is brown.']]);
    assert.deepEqual(await listSources(engine.db, agentId), new Map([['a.md', 'd2']]));
  },
  'a source that is gone is known no more, others are': async (engine) => {
    await replaceSource(engine, agentId, 'a.md', ['Tea is green.'], 'd1');
    await replaceSource(engine, agentId, 'b.md', ['Tea is hot.'], 'd2');
    assert.equal(await replaceSource(engine, agentId, 'a.md', []), 0);
    assert.deepEqual(
      [await know(engine, 'tea'), [...(await listSources(engine.db, agentId)).keys()]],
      [['Tea is hot.'], ['b.md']],
    );
  },
  'a long source goes in in steps, all of it': async (engine) => {
    const parts = Array.from({ length: 1_201 }, (_, n) => `part number ${n}`);
    assert.equal(await replaceSource(engine, agentId, 'long.md', parts, 'd'), 1_201);
    assert.deepEqual(await know(engine, '1200', 1), ['part number 1200']);
    assert.equal(await replaceSource(engine, agentId, 'long.md', ['short'], 'e'), 1);
    assert.equal((await listNewest(engine.db, all, 9_999)).length, 1);
  },
  'a fact is found again by its new text, not by the old one': async (engine) => {
    const { room, rows } = await learn(engine, 'Ada likes tea.');
    const [row] = await rows();
    assert.equal(await updateFact(engine, row as never, 'Ada likes coffee.'), true);
    const found = async (text: string) =>
      (await listRelevant(engine.db, { agentId, channelId: room, text, limit: 9 })).map((one) => one.text);
    assert.deepEqual([await found('coffee'), (await rows())[0]?.embedding_model], [['Ada likes coffee.'], null]);
  },
  'a fact is not changed into one that is known': async (engine) => {
    const { rows } = await learn(engine, 'Ada likes tea.', 'Ada likes cake.');
    const [cake] = await rows();
    assert.equal(await updateFact(engine, cake as never, 'ada likes TEA'), false);
    assert.deepEqual(
      (await rows()).map(({ text }) => text),
      ['Ada likes cake.', 'Ada likes tea.'],
    );
  },
  'facts are deleted one by one, by room, and all': async (engine) => {
    const [one, two] = [await learn(engine, 'a fact', 'b fact'), await learn(engine, 'c fact')];
    const [b] = await one.rows();
    assert.deepEqual(
      [await deleteFact(engine.db, 'other', b?.id ?? ''), await deleteFact(engine.db, agentId, b?.id ?? '')],
      [false, true],
    );
    assert.equal(await deleteFacts(engine.db, [agentId, 'other'], [one.room]), 1);
    assert.deepEqual([(await one.rows()).length, (await two.rows()).length], [0, 1]);
    assert.equal(await deleteFacts(engine.db, [agentId]), 1);
  },
  'facts are not knowledge: that stays': async (engine) => {
    await learn(engine, 'a fact');
    await replaceSource(engine, agentId, 'a.md', ['Tea is green.'], 'd1');
    await deleteFacts(engine.db, [agentId]);
    assert.deepEqual(await know(engine, 'tea'), ['Tea is green.']);
  },
  'memories come page by page, newest first': async (engine) => {
    const { room, rows } = await learn(engine, 'a fact', 'b fact', 'c fact');
    const [c, b, a] = await rows();
    const page = await listMemoryRows(
      engine.db,
      { agentId, kind: 'fact', channelId: room },
      { before: c?.row as number, limit: 1 },
    );
    assert.deepEqual([page, (await findMemoryRow(engine.db, agentId, a?.id ?? ''))?.text], [[b], 'a fact']);
    assert.deepEqual(
      [
        await findMemoryRow(engine.db, 'other', a?.id ?? ''),
        await listMemoryRows(engine.db, { agentId, kind: 'knowledge' }, { limit: 9 }),
      ],
      [undefined, []],
    );
    assert.equal(
      (await listMemoryRows(engine.db, { agentId, kind: 'fact' }, { since: Date.now() + 60_000, limit: 9 })).length,
      0,
    );
  },
  'messages of the rooms of an agent, newest first, page by page': async (engine) => {
    const [one, two] = [await learn(engine), await learn(engine)];
    const elsewhere = await addRoom(engine);
    for (let n = 0; n < 6; n++) await one.say(n % 3 === 0 ? one.room : n % 3 === 1 ? two.room : elsewhere, `${n}`);
    const first = await listMessagesOfAgent(engine.db, agentId, { limit: 3 });
    assert.deepEqual([texts(first), first.hasMore], [['4', '3', '1'], true]);
    const before = (await findMessagePlace(engine.db, first.messages.at(-1)?.id ?? '')) as number;
    const rest = await listMessagesOfAgent(engine.db, agentId, { before, limit: 3 });
    assert.deepEqual([texts(rest), rest.hasMore], [['0'], false]);
  },
  'messages of a room, between times': async (engine) => {
    const { room, say } = await learn(engine);
    for (let n = 1; n <= 5; n++) await say(room, `${n}`, { createdAt: n * 1_000 });
    const list = async (page: object) => texts(await listMessagesOfRoom(engine.db, room, { limit: 9, ...page }));
    assert.deepEqual(
      [await list({}), await list({ since: 2_000, until: 4_000 }), await list({ limit: 2 })],
      [
        ['5', '4', '3', '2', '1'],
        ['3', '2'],
        ['5', '4'],
      ],
    );
  },
};
