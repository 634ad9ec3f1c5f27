/** Messages, page by page, and one at a time. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  findMessage,
  findSpoken,
  listAttachments,
  listFirstSpoken,
  listLastMessages,
  listLastSpoken,
  listMessagesAfter,
} from '../../../../src/storage/messages/history.ts';
import {
  findListed,
  findSeqAfter,
  findSeqBefore,
  listMessagePage,
  type MessagePage,
} from '../../../../src/storage/messages/message-pages.ts';
import type { Cases } from '../contract.ts';
import { addRoom, makeMessage, openJournal } from '../fixture.ts';

const seqs = (messages: readonly { seq: number }[]) => messages.map(({ seq }) => seq);
const pageSeqs = ({ listed }: MessagePage) => listed.map(({ message }) => message.seq);

/** A room with some messages, which are said at these times. */
async function fill(engine: Engine, times: readonly number[]) {
  const room = await addRoom(engine);
  const journal = openJournal(engine);
  for (const createdAt of times) await journal.say(room, `said at ${createdAt}`, { createdAt });
  return { room, ...journal };
}

const everySecond = (count: number) => Array.from({ length: count }, (_, n) => 10_000 + n * 10_000);

export const pages: Cases = {
  'a message comes back as it was said': async (engine) => {
    const room = await addRoom(engine);
    const said = makeMessage(room, {
      text: 'zwölf 🎉',
      thought: 'hm',
      actions: ['REPLY'],
      attachments: [{ id: 'a', url: '/x' }],
      metadata: { deep: { n: [1, null] } },
      inReplyTo: crypto.randomUUID(),
      clientMessageId: 'mine',
      rawMessage: { from: 'outside' },
    });
    await openJournal(engine).write({ kind: 'post', message: said });
    const { clientMessageId, ...message } = said;
    assert.deepEqual(await findMessage(engine.db, said.id), { ...message, seq: 1 });
    assert.deepEqual(await findListed(engine.db, said.id), { message: { ...message, seq: 1 }, clientMessageId });
  },
  'a message that nobody said is not found': async ({ db }) => {
    assert.deepEqual(
      [await findMessage(db, 'none'), await findListed(db, 'none'), await findSpoken(db, 'none')],
      [undefined, undefined, undefined],
    );
  },
  'the last messages of a room, oldest first': async (engine) => {
    const { room } = await fill(engine, everySecond(5));
    assert.deepEqual(seqs(await listLastMessages(engine.db, room, 3)), [3, 4, 5]);
    assert.deepEqual(seqs(await listLastMessages(engine.db, room, 2, 3)), [2, 3]);
    assert.deepEqual(await listLastMessages(engine.db, 'none', 3), []);
  },
  'messages of a room after one of them': async (engine) => {
    const { room } = await fill(engine, everySecond(5));
    assert.deepEqual(seqs(await listMessagesAfter(engine.db, room, 2, 2)), [3, 4]);
    assert.deepEqual(seqs(await listMessagesAfter(engine.db, room, 5, 2)), []);
  },
  'of heavy messages fewer are read, but one at least': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (let n = 0; n < 3; n++) await say(room, 'x'.repeat(300_000));
    await say(room, 'y'.repeat(600_000));
    assert.deepEqual(seqs(await listMessagesAfter(engine.db, room, 0, 10)), [1]);
    assert.deepEqual(seqs(await listLastMessages(engine.db, room, 10)), [4]);
  },
  'a page has the newest first, and says whether there are older ones': async (engine) => {
    const { room } = await fill(engine, everySecond(5));
    const page = await listMessagePage(engine.db, room, { limit: 3 }, false);
    assert.deepEqual([pageSeqs(page), page.hasMore], [[5, 4, 3], true]);
    const rest = await listMessagePage(engine.db, room, { before: 3, limit: 3 }, false);
    assert.deepEqual([pageSeqs(rest), rest.hasMore], [[2, 1], false]);
  },
  'a page goes forward, too': async (engine) => {
    const { room } = await fill(engine, everySecond(5));
    const page = await listMessagePage(engine.db, room, { after: 1, limit: 2 }, false);
    assert.deepEqual([pageSeqs(page), page.hasMore], [[3, 2], true]);
    const between = await listMessagePage(engine.db, room, { after: 1, before: 3, limit: 9 }, false);
    assert.deepEqual([pageSeqs(between), between.hasMore], [[2], false]);
  },
  'a whole page has all that was said in the same moment': async (engine) => {
    const { room } = await fill(engine, [1_000, 2_000, 2_000, 2_000, 3_000]);
    const whole = await listMessagePage(engine.db, room, { limit: 2 }, true);
    assert.deepEqual([pageSeqs(whole), whole.hasMore], [[5, 4, 3, 2], true]);
    assert.deepEqual(pageSeqs(await listMessagePage(engine.db, room, { limit: 2 }, false)), [5, 4]);
  },
  'a time is found among messages': async (engine) => {
    const { room } = await fill(engine, everySecond(9));
    assert.deepEqual(
      [await findSeqBefore(engine.db, room, 50_000), await findSeqAfter(engine.db, room, 50_000)],
      [4, 6],
    );
    assert.deepEqual(
      [await findSeqBefore(engine.db, room, 1), await findSeqAfter(engine.db, room, 900_000)],
      [0, undefined],
    );
  },
  'a time is found where messages were deleted': async (engine) => {
    const { room, erase } = await fill(engine, everySecond(9));
    for (const seq of [4, 5, 6]) {
      const [message] = await listMessagesAfter(engine.db, room, seq - 1, 1);
      await erase(room, message?.id as string);
    }
    assert.deepEqual(
      [await findSeqBefore(engine.db, room, 60_000), await findSeqAfter(engine.db, room, 40_000)],
      [3, 7],
    );
  },
  'a model sees words, not notices': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    await say(room, 'one');
    await say(room, 'joined', { source: 'system' });
    await say(room, 'may I?', { source: 'agent_question' });
    await say(room, 'two');
    const texts = (spoken: readonly { text: string }[]) => spoken.map(({ text }) => text);
    assert.deepEqual(texts(await listLastSpoken(engine.db, room, 9)), ['one', 'two']);
    assert.deepEqual(texts(await listLastSpoken(engine.db, room, 1)), ['two']);
    assert.deepEqual(texts(await listLastSpoken(engine.db, room, 9, 3)), ['one']);
    assert.deepEqual(texts(await listFirstSpoken(engine.db, room, 1)), ['one']);
  },
  'it is said whether something is attached, and what': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    const attachments = [{ id: 'a', url: '/media/x.png', contentType: 'image' }];
    const [bare, full] = [await say(room, 'bare'), await say(room, 'full', { attachments })];
    const spoken = await listLastSpoken(engine.db, room, 9);
    assert.deepEqual(
      spoken.map(({ hasAttachments }) => Boolean(hasAttachments)),
      [false, true],
    );
    const found = await listAttachments(engine.db, [bare.id, full.id, 'none']);
    assert.deepEqual(Object.fromEntries(found), { [bare.id]: [], [full.id]: attachments });
  },
};
