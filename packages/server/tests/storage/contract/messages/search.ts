/** Messages by their words, what came of them, and how much they weigh. */
import assert from 'node:assert/strict';
import { findMessageEnd, findMessageProgress } from '../../../../src/storage/messages/answers.ts';
import { findConversation } from '../../../../src/storage/messages/conversations.ts';
import { type Found, searchMessages } from '../../../../src/storage/messages/message-search.ts';
import { countReadable } from '../../../../src/storage/messages/message-weights.ts';
import { findRootOf } from '../../../../src/storage/turns/runs.ts';
import type { Cases } from '../contract.ts';
import { addAgent, addRoom, claim, openJournal } from '../fixture.ts';

const texts = ({ listed }: Found) => listed.map(({ message }) => message.text);

export const search: Cases = {
  'words are found in any case, newest first': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (const [at, text] of ['Green TEA', 'coffee', 'more tea'].entries()) await say(room, text, { createdAt: at });
    assert.deepEqual(texts(await searchMessages(engine.db, [room], { words: 'tea', limit: 9 })), [
      'more tea',
      'Green TEA',
    ]);
  },
  'no sign in the words stands for others': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (const text of ['100 % sure', '100 times', 'a_b', 'axb']) await say(room, text);
    assert.deepEqual(texts(await searchMessages(engine.db, [room], { words: '0 %', limit: 9 })), ['100 % sure']);
    assert.deepEqual(texts(await searchMessages(engine.db, [room], { words: 'a_b', limit: 9 })), ['a_b']);
  },
  'a search looks into the rooms that it is given': async (engine) => {
    const [one, two] = [await addRoom(engine), await addRoom(engine)];
    const { say } = openJournal(engine);
    await say(one, 'tea one', { createdAt: 1 });
    await say(two, 'tea two', { createdAt: 2 });
    const find = async (...rooms: string[]) =>
      texts(await searchMessages(engine.db, rooms, { words: 'tea', limit: 9 }));
    assert.deepEqual([await find(one), await find(one, two), await find()], [['tea one'], ['tea two', 'tea one'], []]);
  },
  'a search may be for what one person said, and within times': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (const [at, senderId] of ['ada', 'bob', 'ada'].entries())
      await say(room, `tea ${at}`, { senderId, createdAt: at });
    const find = async (more: object) =>
      texts(await searchMessages(engine.db, [room], { words: 'tea', limit: 9, ...more }));
    assert.deepEqual(await find({ authorId: 'ada' }), ['tea 2', 'tea 0']);
    assert.deepEqual(await find({ from: 1, to: 1 }), ['tea 1']);
  },
  'a search finds no more than it shall': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (let n = 0; n < 5; n++) await say(room, `tea ${n}`, { createdAt: n });
    const found = await searchMessages(engine.db, [room], { words: 'tea', limit: 2 });
    assert.deepEqual([texts(found), found.isPartial], [['tea 4', 'tea 3'], false]);
  },
  'so many messages can be read at a time as weigh 500 kB, from either end': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (const size of [200_000, 200_000, 200_000, 10]) await say(room, 'x'.repeat(size));
    const between = { channelId: room, after: 0, before: 99, limit: 9 };
    assert.deepEqual(
      [await countReadable(engine.db, 'oldest', between), await countReadable(engine.db, 'newest', between)],
      [2, 3],
    );
  },
  'a letter of several bytes weighs what it takes': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (let n = 0; n < 3; n++) await say(room, 'ä'.repeat(150_000));
    assert.equal(await countReadable(engine.db, 'oldest', { channelId: room, after: 0, before: 9, limit: 9 }), 1);
  },
  'a message that asked nobody has ended with nothing': async (engine) => {
    const room = await addRoom(engine);
    const message = await openJournal(engine).say(room, 'hi');
    assert.deepEqual(await findMessageEnd(engine.db, message), { turns: [], turnIds: [], answers: [], isOver: true });
  },
  'a message that is being answered has no end yet, but progress': async (engine) => {
    const [room, cleo, mia] = [await addRoom(engine), await addAgent(engine), await addAgent(engine, 'Mia')];
    const journal = openJournal(engine);
    const message = await journal.ask(room, [cleo, mia]);
    await journal.end(await claim(engine, room, cleo), 'an answer');
    assert.equal(await findMessageEnd(engine.db, message), undefined);
    const progress = await findMessageProgress(engine.db, message);
    assert.deepEqual(
      [progress.isOver, progress.answers.map(({ text }) => text), progress.turns.length],
      [false, ['an answer'], 2],
    );
  },
  'answers are found when all have answered, in the order in which they came': async (engine) => {
    const [room, cleo, mia] = [await addRoom(engine), await addAgent(engine), await addAgent(engine, 'Mia')];
    const journal = openJournal(engine);
    const message = await journal.ask(room, [cleo, mia]);
    const turns = [await claim(engine, room, cleo), await claim(engine, room, mia)] as const;
    await journal.end(turns[1], 'Mia says');
    await journal.end(turns[0], 'Cleo says');
    const end = await findMessageEnd(engine.db, message);
    assert.deepEqual(
      end?.answers.map(({ text }) => text),
      ['Mia says', 'Cleo says'],
    );
    assert.deepEqual(
      end?.turns.map(({ agent_id, outcome }) => [agent_id, outcome]),
      [
        [cleo, 'answered'],
        [mia, 'answered'],
      ],
    );
    assert.deepEqual(
      [await findRootOf(engine.db, turns[0].id), await findRootOf(engine.db, 'none')],
      [message.id, undefined],
    );
  },
  'a conversation that was led elsewhere comes with its first message': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    const conversation = [{ role: 'user', text: 'earlier' }];
    const door = await say(room, 'hi', { source: 'openai_api', metadata: { conversation } });
    const other = await say(room, 'hi', { metadata: { conversation } });
    const none = await say(room, 'hi', { source: 'openai_api' });
    const found = await Promise.all([door, other, none].map(({ id }) => findConversation(engine.db, id)));
    assert.deepEqual(found, [conversation, [], []]);
  },
};
