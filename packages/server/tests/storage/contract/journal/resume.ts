/** What those who were away are told: entries of the log between two places, in their order. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import type { LogEntry } from '../../../../src/storage/journal/kinds.ts';
import { getLastPosition, listLogEntries } from '../../../../src/storage/journal/log-entries.ts';
import { findRemovals, listEditedAfter, listFirstRemovals } from '../../../../src/storage/journal/removals.ts';
import type { Cases } from '../contract.ts';
import { addRoom, claim, everything, type Made, openJournal } from '../fixture.ts';

/** Each entry in a word, with the text of its message as it is now. */
async function describe({ db }: Engine, entries: readonly LogEntry[]): Promise<string[]> {
  const rows = await db.selectFrom('messages').select(['id', 'text']).execute();
  const textOf = new Map(rows.map(({ id, text }) => [id, text]));
  return entries.map((entry) => {
    if (entry.kind === 'posted') return `said ${entry.message.text}`;
    if (entry.kind === 'edited') return `edited ${entry.message.text}`;
    if (entry.kind === 'completed') return `completed ${textOf.get(entry.message.id)}`;
    return entry.kind === 'removed' ? `removed ${entry.entityIds.join(' ')}` : entry.kind;
  });
}

const read = async (engine: Engine, rooms: readonly string[], after = 0, limit = 1_000) => {
  const { entries } = await listLogEntries(engine.db, rooms, { ...(await everything(engine, after)), limit });
  return describe(engine, entries);
};

export const resume: Cases = {
  'messages and their completions, in the order of places': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    await journal.say(room, 'one');
    await journal.ask(room, ['cleo'], { text: 'two' });
    await journal.end(await claim(engine, room, 'cleo'), 'three');
    assert.deepEqual(await read(engine, [room]), [
      'said one',
      'completed one',
      'said two',
      'said three',
      'completed two',
    ]);
    const { entries } = await listLogEntries(engine.db, [room], await everything(engine));
    assert.deepEqual(
      entries.map(({ position }) => position),
      [1, 2, 3, 4, 5],
    );
  },
  'what a job has made is what is read back': async (engine) => {
    const room = await addRoom(engine, {}, ['ada', 'bob']);
    const journal = openJournal(engine);
    const made: LogEntry[] = [];
    const note = ({ entries }: Made) => made.push(...entries);
    const old = await journal.say(room, 'old');
    const after = await getLastPosition(engine.db);
    note(await journal.post(room, { clientMessageId: 'mine', metadata: { n: 1 } }));
    note(await journal.post(room, {}, { addressees: ['cleo', 'mia'] }));
    note(await journal.post(room, {}, { addressees: ['cleo'], policy: 'reject' }));
    note(await journal.add(room, { source: 'system' }));
    note(await journal.end(await claim(engine, room, 'cleo'), 'yes'));
    note(await journal.end(await claim(engine, room, 'mia')));
    note(await journal.edit({ ...old, text: 'new', updatedAt: 9_000 }));
    note(await journal.updateRoom(room, { set: { name: 'New' }, remove: ['bob'] }));
    const { entries } = await listLogEntries(engine.db, [room], await everything(engine, after));
    assert.deepEqual(entries, made);
  },
  'of the rooms that are asked for alone': async (engine) => {
    const [one, two] = [await addRoom(engine), await addRoom(engine)];
    const { say } = openJournal(engine);
    await say(one, 'one');
    await say(two, 'two');
    assert.deepEqual(await read(engine, [two, 'none']), ['said two', 'completed two']);
    assert.deepEqual(await read(engine, []), []);
  },
  'after a place, also between a message and its completion': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    await say(room, 'one');
    await say(room, 'two');
    assert.deepEqual(await read(engine, [room], 1), ['completed one', 'said two', 'completed two']);
    assert.deepEqual(await read(engine, [room], 4), []);
  },
  'up to a place': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    await say(room, 'one');
    await say(room, 'two');
    const { entries, readUpTo } = await listLogEntries(engine.db, [room], { after: 0, upTo: 3, limit: 99 });
    assert.deepEqual([await describe(engine, entries), readUpTo], [['said one', 'completed one', 'said two'], 3]);
  },
  'in pages, nothing is left out and nothing comes twice': async (engine) => {
    const rooms = [await addRoom(engine), await addRoom(engine)];
    const { say } = openJournal(engine);
    for (let n = 0; n < 20; n++) await say(rooms[n % 2] as string, `${n}`);
    const whole = await read(engine, rooms);
    const upTo = await getLastPosition(engine.db);
    const seen: string[] = [];
    for (let after = 0; after < upTo; ) {
      const page = await listLogEntries(engine.db, rooms, { after, upTo, limit: 7 });
      seen.push(...(await describe(engine, page.entries)));
      assert.ok(page.readUpTo > after);
      after = page.readUpTo;
    }
    assert.deepEqual([seen.length, seen], [40, whole]);
  },
  'over a long range, by the index of each room': async (engine) => {
    const [room, other] = [await addRoom(engine), await addRoom(engine)];
    const { say } = openJournal(engine);
    await say(room, 'early');
    // Places that belong to nobody, so that the range is long.
    await engine.db.insertInto('edits').values({ position: 20_000, channel_id: 'none', message_id: 'none' }).execute();
    const later = {
      position: 20_001,
      id: crypto.randomUUID(),
      channel_id: room,
      seq: 2,
      sender_id: 'ada',
      sender_name: 'Ada',
    };
    const rest = {
      text: 'late',
      created_at: 1,
      source: 'test',
      thought: null,
      actions: '[]',
      attachments: '[]',
      metadata: '{}',
    };
    await engine.db
      .insertInto('messages')
      .values({ ...later, ...rest, in_reply_to: null, client_message_id: null, dedupe_key: null, completed_at: 20_002 })
      .execute();
    await engine.db.updateTable('channels').set({ last_seq: 2 }).where('id', '=', room).execute();
    const range = { after: 2, upTo: 20_002, limit: 99 };
    const { entries } = await listLogEntries(engine.db, [room, other], range);
    assert.deepEqual(await describe(engine, entries), ['said late', 'completed late']);
    const whole = await listLogEntries(engine.db, [other, room], { ...range, after: 0 });
    assert.deepEqual(await describe(engine, whole.entries), [
      'said early',
      'completed early',
      'said late',
      'completed late',
    ]);
  },
  'an edit of what was said before; of what is new, how it is now': async (engine) => {
    const room = await addRoom(engine);
    const { say, edit } = openJournal(engine);
    const old = await say(room, 'old');
    const after = await getLastPosition(engine.db);
    const fresh = await say(room, 'fresh');
    await edit({ ...old, text: 'old, edited' });
    await edit({ ...fresh, text: 'fresh, edited' });
    assert.deepEqual(await read(engine, [room], after), [
      'said fresh, edited',
      'completed fresh, edited',
      'edited old, edited',
    ]);
    assert.deepEqual(await listEditedAfter(engine.db, room, after), new Set([old.id, fresh.id]));
  },
  'what was deleted is told, and is not there': async (engine) => {
    const room = await addRoom(engine);
    const { say, erase } = openJournal(engine);
    const message = await say(room, 'one');
    await say(room, 'two');
    await erase(room, message.id);
    assert.deepEqual(await read(engine, [room]), ['said two', 'completed two', 'deleted']);
  },
  'changes of rooms and removals stand at their places': async (engine) => {
    const room = await addRoom(engine, {}, ['ada', 'bob']);
    const { say, updateRoom } = openJournal(engine);
    await say(room, 'one');
    await updateRoom(room, { set: { name: 'New' }, remove: ['bob'] });
    await say(room, 'two');
    assert.deepEqual(await read(engine, [room]), [
      'said one',
      'completed one',
      'removed bob',
      'room-updated',
      'said two',
      'completed two',
    ]);
  },
  'of heavy messages a part comes, and it is said how far it goes': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    for (let n = 0; n < 3; n++) await say(room, `${n}`.repeat(300_000));
    const { entries, readUpTo } = await listLogEntries(engine.db, [room], await everything(engine));
    assert.deepEqual([entries.length, readUpTo], [2, 2]);
  },
  'who was taken out of which room, and where': async (engine) => {
    const room = await addRoom(engine, {}, ['ada', 'bob', 'eve']);
    const { say, updateRoom } = openJournal(engine);
    const remove = (...ids: string[]) => updateRoom(room, { remove: ids });
    await say(room, 'one');
    await remove('ada', 'bob');
    await remove('eve');
    const first = await findRemovals(engine.db, room, 'ada', 0);
    assert.ok(first && first.first === first.last && first.first > 2);
    assert.equal(await findRemovals(engine.db, room, 'ada', first.first), undefined);
    const asked = [
      [room, 'eve', 0],
      [room, 'nobody', 0],
      [room, 'bob', 0],
      [room, 'bob', 1_000],
    ] as const;
    const [eve, nobody, bob, later] = await listFirstRemovals(engine.db, asked);
    assert.deepEqual([nobody, bob, later], [undefined, first.first, undefined]);
    assert.ok((eve as number) > first.first);
    assert.deepEqual(await listFirstRemovals(engine.db, []), []);
  },
};
