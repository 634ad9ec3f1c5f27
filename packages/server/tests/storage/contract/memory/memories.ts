/** What agents remember of rooms: kept once, found by words and by meaning, gone with its message. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  findProgress,
  findSeqBeforeLast,
  hasEmbeddings,
  insertMemories,
  listUnembedded,
  listUnseen,
  setEmbeddings,
} from '../../../../src/storage/memory/memories.ts';
import { listNewest, listRelevant } from '../../../../src/storage/memory/memory-search.ts';
import type { Cases } from '../contract.ts';
import { addAgent, addRoom, openJournal } from '../fixture.ts';

const agentId = 'cleo';

/** A room in which an agent learns some texts, each from a message of its own. */
async function learn(engine: Engine, texts: readonly string[], most = 100, agent = agentId) {
  const room = await addRoom(engine);
  const journal = openJournal(engine);
  const place = { agentId: agent, channelId: room };
  const ids: string[] = [];
  for (const text of texts) {
    const { id, seq } = await journal.say(room, text);
    await insertMemories(engine, place, [{ messageId: id, text }], seq, most);
    ids.push(id);
  }
  return { room, place, ids, ...journal };
}

const find = async ({ db }: Engine, channelId: string | null, text: string, limit = 12, agent = agentId) =>
  (await listRelevant(db, { agentId: agent, channelId, text, limit })).map((one) => one.text);

const vector = (...numbers: number[]) => new Float32Array(numbers);
const bytesOf = (numbers: Float32Array) => new Uint8Array(numbers.buffer);

export const memories: Cases = {
  'a fact is found by other forms of its words': async (engine) => {
    const { room } = await learn(engine, ['Ada likes green tea.', 'Bob owns a house.']);
    assert.deepEqual(await find(engine, room, 'What did Ada say about the TEAS she liked?'), ['Ada likes green tea.']);
  },
  'a fact is found without its accents': async (engine) => {
    const { room } = await learn(engine, ['Ada lives in Zürich.']);
    assert.deepEqual(await find(engine, room, 'zurich'), ['Ada lives in Zürich.']);
  },
  'a question without words finds nothing': async (engine) => {
    const { room } = await learn(engine, ['Ada likes tea.']);
    for (const text of ['', ' \n\t ', '???', 'the of and', '"', '-', '* :', '?!…—*'])
      assert.deepEqual(await find(engine, room, text), [], text);
  },
  'a question may be any text, and no sign is taken for a command': async (engine) => {
    const { room } = await learn(engine, ['Ada likes NEAR and tea.']);
    const texts = [
      'NEAR(tea likes, 2)',
      "tea'; drop table memories; --",
      '{words} : "tea"',
      '-tea ^tea te* (tea',
      'tea AND OR NOT',
      '\0tea\0',
      '\u{1F600} \ud800 \udc00 tea',
      'tea e\u0301 \u0301 \u200d',
      'tea '.repeat(25_000),
    ];
    for (const text of texts) assert.equal((await find(engine, room, text)).length, 1, text.slice(0, 40));
    const others = ['text:NOT', 'x'.repeat(100_000), '"'.repeat(100_000), '茶が好きです', 'te*'];
    const many = Array.from({ length: 20_000 }, (_, n) => `w${n}`).join(' ');
    for (const text of [...others, many]) assert.deepEqual(await find(engine, room, text), [], text.slice(0, 40));
    for (let n = 0; n < 100; n++) {
      const codes = Array.from({ length: 40 }, () => Math.floor(Math.random() ** 3 * 0xffff));
      await find(engine, room, String.fromCharCode(...codes));
    }
  },
  'a fact is known in its room, to its agent': async (engine) => {
    const { room } = await learn(engine, ['Ada likes tea.']);
    const other = await learn(engine, ['Bob likes tea.'], 100, 'mia');
    assert.deepEqual(
      [await find(engine, room, 'tea'), await find(engine, other.room, 'tea'), await find(engine, null, 'tea')],
      [['Ada likes tea.'], [], []],
    );
    assert.deepEqual(await find(engine, room, 'tea', 9, 'mia'), []);
  },
  'more of the words is better': async (engine) => {
    const { room } = await learn(engine, ['tea', 'green tea', 'green tea from Japan', 'Japan']);
    assert.equal((await find(engine, room, 'green tea Japan'))[0], 'green tea from Japan');
    assert.equal((await find(engine, room, 'tea', 2)).length, 2);
  },
  'a fact is kept once, however it is spelled': async (engine) => {
    const { room, place } = await learn(engine, ['Ada likes tea.', 'ada  LIKES “tea”']);
    assert.equal((await listNewest(engine.db, place, 9)).length, 1);
    assert.deepEqual(await find(engine, room, 'tea'), ['Ada likes tea.']);
  },
  'a fact goes with its message, also from the index': async (engine) => {
    const { room, ids, erase } = await learn(engine, ['Ada likes tea.', 'Ada likes cake.']);
    await erase(room, ids[0] as string);
    assert.deepEqual([await find(engine, room, 'tea'), await find(engine, room, 'cake')], [[], ['Ada likes cake.']]);
  },
  'a fact of a message that is gone is left out, others are kept': async (engine) => {
    const { room, place, say, erase } = await learn(engine, []);
    const [one, two] = [await say(room, 'one'), await say(room, 'two')];
    await erase(room, one.id);
    const facts = [
      { messageId: one.id, text: 'Gone.' },
      { messageId: two.id, text: 'Kept.' },
    ];
    assert.equal(await insertMemories(engine, place, facts, two.seq, 10), 1);
    assert.deepEqual([await find(engine, room, 'gone kept'), await findProgress(engine.db, place)], [['Kept.'], 2]);
  },
  'how far a room was looked at is kept, also where nothing was learned': async (engine) => {
    const { place } = await learn(engine, []);
    assert.equal(await findProgress(engine.db, place), undefined);
    assert.equal(await insertMemories(engine, place, [], 7, 10), 0);
    await insertMemories(engine, place, [], 9, 10);
    assert.equal(await findProgress(engine.db, place), 9);
  },
  'the oldest make room for newer ones': async (engine) => {
    const { place } = await learn(engine, ['one fact', 'two facts', 'three facts', 'four facts'], 3);
    const left = await listNewest(engine.db, place, 9);
    assert.deepEqual(
      left.map(({ text }) => text),
      ['four facts', 'three facts', 'two facts'],
    );
  },
  'what makes room is of the same room': async (engine) => {
    const first = await learn(engine, ['one fact'], 1);
    const second = await learn(engine, ['two facts', 'three facts'], 1);
    const left = async ({ place }: typeof first) => (await listNewest(engine.db, place, 9)).map(({ text }) => text);
    assert.deepEqual([await left(first), await left(second)], [['one fact'], ['three facts']]);
  },
  'what a model has not embedded, newest first': async (engine) => {
    await learn(engine, ['one', 'two', 'three']);
    const list = (model: string) => listUnembedded(engine.db, agentId, model, 9);
    const [three, two, one] = await list('m');
    assert.deepEqual([three?.text, two?.text, one?.text], ['three', 'two', 'one']);
    await setEmbeddings(engine.db, 'm', [{ row: two?.row ?? 0, embedding: bytesOf(vector(1, 0)) }]);
    assert.deepEqual(
      (await list('m')).map(({ text }) => text),
      ['three', 'one'],
    );
    assert.equal((await list('other')).length, 3);
    assert.deepEqual(
      [await hasEmbeddings(engine.db, agentId, 'm'), await hasEmbeddings(engine.db, agentId, 'other')],
      [true, false],
    );
  },
  'a fact is found by its meaning': async (engine) => {
    const { place, room } = await learn(engine, ['about cats', 'about dogs', 'about ships']);
    const rows = await listUnembedded(engine.db, agentId, 'm', 9);
    const meanings: Record<string, Float32Array> = {
      'about cats': vector(1, 0),
      'about dogs': vector(0.8, 0.6),
      'about ships': vector(0, 1),
    };
    await setEmbeddings(
      engine.db,
      'm',
      rows.map(({ row, text }) => ({ row, embedding: bytesOf(meanings[text] as Float32Array) })),
    );
    const meaning = { model: 'm', vector: vector(1, 0) };
    const found = await listRelevant(engine.db, { ...place, text: 'feline', limit: 2, meaning });
    assert.deepEqual(
      found.map(({ text }) => text),
      ['about cats', 'about dogs'],
    );
    assert.deepEqual(
      await listRelevant(engine.db, {
        agentId,
        channelId: room,
        text: '',
        limit: 2,
        meaning: { ...meaning, model: 'x' },
      }),
      [],
    );
  },
  'messages that were not looked at, and whether people said them': async (engine) => {
    const cleo = await addAgent(engine);
    const { room, say } = await learn(engine, []);
    await say(room, 'one');
    await say(room, 'two', { senderId: cleo });
    await say(room, 'three');
    const unseen = await listUnseen(engine.db, room, 1, 9);
    assert.deepEqual(
      unseen.map(({ text, isOfPerson }) => [text, isOfPerson]),
      [
        ['two', false],
        ['three', true],
      ],
    );
    assert.deepEqual(
      [await findSeqBeforeLast(engine.db, room, 2), await findSeqBeforeLast(engine.db, room, 9)],
      [1, 0],
    );
  },
};
