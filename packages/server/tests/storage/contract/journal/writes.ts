/** What the message log writes: numbers without holes, each message once, all of a job or nothing. */
import assert from 'node:assert/strict';
import { getLastPosition } from '../../../../src/storage/journal/log-entries.ts';
import { findMessage, listLastMessages } from '../../../../src/storage/messages/history.ts';
import { findChannelRow } from '../../../../src/storage/rooms/channels.ts';
import { listOpenTurns } from '../../../../src/storage/turns/turns.ts';
import type { Cases } from '../contract.ts';
import {
  addRoom,
  claim,
  getEntry,
  type Made,
  makeEnding,
  makeMessage,
  makeTrace,
  openJournal,
  placesOf,
} from '../fixture.ts';

export const writes: Cases = {
  'messages of a room are numbered without a hole, in the order in which they came': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    const said = await Promise.all(Array.from({ length: 40 }, (_, n) => say(room, `${n}`)));
    assert.deepEqual(
      said.map(({ seq }) => seq),
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    const kept = await listLastMessages(engine.db, room, 99);
    assert.deepEqual(
      kept.map(({ text }) => text),
      Array.from({ length: 40 }, (_, n) => `${n}`),
    );
  },
  'a message that wakes nobody is complete right behind its place': async (engine) => {
    const room = await addRoom(engine);
    const { post } = openJournal(engine);
    const [one, two] = [await post(room), await post(room)];
    assert.deepEqual([one, two].flatMap(placesOf), [
      ['posted', 1],
      ['completed', 2],
      ['posted', 3],
      ['completed', 4],
    ]);
    const { message, turns, wasAwaited } = getEntry(two, 'completed');
    assert.deepEqual([message.id, turns, wasAwaited, two.isAwaited], [two.message.id, [], false, false]);
  },
  'a message that asks an agent is not complete': async (engine) => {
    const room = await addRoom(engine);
    const { post } = openJournal(engine);
    const asked = await post(room, {}, { addressees: ['cleo'] });
    assert.deepEqual([placesOf(asked), asked.isAwaited], [[['posted', 1]], true]);
    assert.equal(getEntry(await post(room), 'posted').position, 2);
  },
  'a retry is found, whatever came between': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const first = await journal.post(room, { clientMessageId: 'mine', text: 'one' });
    await journal.say(room, 'between');
    const again = await journal.post(room, { clientMessageId: 'mine', text: 'one' });
    assert.deepEqual([again.duplicate, again.message, again.entries], [true, first.message, []]);
    assert.equal((await findChannelRow(engine.db, room))?.last_seq, 2);
  },
  'a retry is found by another log, as after a restart': async (engine) => {
    const room = await addRoom(engine);
    const first = await openJournal(engine).post(room, { clientMessageId: 'mine' });
    const again = await openJournal(engine).post(room, { clientMessageId: 'mine' });
    assert.deepEqual([again.duplicate, again.message.id], [true, first.message.id]);
  },
  'a retry in the same group is found': async (engine) => {
    const room = await addRoom(engine);
    const { post } = openJournal(engine);
    const results = await Promise.all([
      post(room, { clientMessageId: 'a' }),
      post(room, { clientMessageId: 'a' }),
      post(room, { clientMessageId: 'b' }),
    ]);
    assert.deepEqual(
      results.map(({ duplicate, message }) => [duplicate, message.seq]),
      [
        [false, 1],
        [true, 1],
        [false, 2],
      ],
    );
  },
  'the same id of another sender, or in another room, is no retry': async (engine) => {
    const [one, two] = [await addRoom(engine), await addRoom(engine)];
    const { post } = openJournal(engine);
    const results = await Promise.all([
      post(one, { clientMessageId: 'a' }),
      post(one, { clientMessageId: 'a', senderId: 'bob' }),
      post(two, { clientMessageId: 'a' }),
    ]);
    assert.deepEqual(
      results.map(({ duplicate }) => duplicate),
      [false, false, false],
    );
  },
  'a message to a room that is not there harms none beside it': async (engine) => {
    const room = await addRoom(engine);
    const { post } = openJournal(engine);
    const [good, bad, better] = await Promise.allSettled([post(room), post('none'), post(room)]);
    assert.equal(bad?.status === 'rejected' && bad.reason.code, 'channel-not-found');
    const seqs = [good, better].map((result) => result?.status === 'fulfilled' && result.value.message.seq);
    assert.deepEqual(seqs, [1, 2]);
  },
  'an edit takes the place of what was said, and has a place of its own': async (engine) => {
    const room = await addRoom(engine);
    const { say, edit } = openJournal(engine);
    const message = await say(room, 'teh');
    const changed = { ...message, text: 'the', updatedAt: 9_000 };
    const edited = await edit(changed);
    assert.deepEqual([placesOf(edited), edited.duplicate], [[['edited', 3]], false]);
    assert.deepEqual(getEntry(edited, 'edited').message, changed);
    const found = await findMessage(engine.db, message.id);
    assert.deepEqual([found?.text, found?.updatedAt, found?.seq], ['the', 9_000, 1]);
  },
  'an edit of what is gone is nothing': async (engine) => {
    const room = await addRoom(engine);
    const { say, edit, erase } = openJournal(engine);
    const message = await say(room, 'teh');
    await erase(room, message.id);
    assert.deepEqual(await edit({ ...message, text: 'the' }), { duplicate: true, entries: [] });
    assert.equal(await findMessage(engine.db, message.id), undefined);
  },
  'an answer, the end of its turn and its trace are one': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.ask(room, ['cleo']);
    const turn = await claim(engine, room, 'cleo');
    const trace = makeTrace({ turn_id: turn.id });
    const ended = await journal.end(turn, 'yes', trace);
    assert.deepEqual(placesOf(ended), [
      ['posted', 2],
      ['completed', 3],
    ]);
    const ends = getEntry(ended, 'completed').turns.map(({ agent_id, outcome, code }) => [agent_id, outcome, code]);
    assert.deepEqual([getEntry(ended, 'posted').message.text, ends], ['yes', [['cleo', 'answered', null]]]);
    assert.deepEqual(await engine.db.selectFrom('traces').selectAll().execute(), [trace]);
    assert.equal((await engine.db.selectFrom('completions').selectAll().execute()).length, 1);
  },
  'a job whose trace is refused leaves no message': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.ask(room, ['cleo']);
    const ends = makeEnding(await claim(engine, room, 'cleo'));
    const trace = makeTrace({ turn_id: ends.turnId });
    await journal.write({ kind: 'trace', trace });
    const message = makeMessage(room);
    await assert.rejects(journal.write({ kind: 'turn-end', ends, message, trace }), { code: 'storage-failed' });
    assert.equal(await findMessage(engine.db, message.id), undefined);
    assert.equal((await findChannelRow(engine.db, room))?.last_seq, 1);
    assert.deepEqual(
      (await listOpenTurns(engine.db, room)).map(({ id }) => id),
      [ends.turnId],
    );
    assert.deepEqual(await engine.db.selectFrom('completions').selectAll().execute(), []);
  },
  'progress of an open turn goes with what its agent says': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.ask(room, ['cleo']);
    const turn = await claim(engine, room, 'cleo');
    const progress = { turnId: turn.id, progress: '{"stages":[]}' };
    const said = await journal.add(room, { senderId: 'cleo' }, { progress });
    assert.deepEqual([said.duplicate, placesOf(said)], [false, [['posted', 2]]]);
    await journal.end(turn);
    assert.deepEqual(await journal.add(room, { senderId: 'cleo' }, { progress }), { duplicate: true, entries: [] });
  },
  'a message may freeze its room': async (engine) => {
    const room = await addRoom(engine);
    const { add } = openJournal(engine);
    await add(room, { source: 'system' }, { frozenUntil: 99_000 });
    assert.equal((await findChannelRow(engine.db, room))?.frozen_until, 99_000);
    await add(room, { source: 'system' }, { frozenUntil: null });
    assert.equal((await findChannelRow(engine.db, room))?.frozen_until, null);
  },
  'the last place is 0 in the beginning, and that of whatever came last': async (engine) => {
    const { db } = engine;
    assert.equal(await getLastPosition(db), 0);
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const assertLast = async (result: Made) =>
      assert.equal(await getLastPosition(db), (placesOf(result).at(-1) ?? [])[1]);
    const said = await journal.post(room);
    await assertLast(said);
    await assertLast(await journal.edit({ ...said.message, text: 'x' }));
    await assertLast(await journal.erase(room, said.message.id));
    await assertLast(await journal.updateRoom(room, { set: { name: 'New' } }));
    await assertLast(await journal.eraseRoom({ kind: 'cleared', channelId: room }));
    await journal.ask(room, ['cleo']);
    await assertLast(await journal.end(await claim(engine, room, 'cleo')));
    assert.equal(await getLastPosition(db), 8);
  },
};
