/** What is deleted: a message, all of a room, the room itself; with the turns and places that go with it. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import { findSenderId, listDeletions, listMessageIdsOf } from '../../../../src/storage/journal/deletions.ts';
import { getLastPosition } from '../../../../src/storage/journal/log-entries.ts';
import { listRoomChanges, listRoomDeletions } from '../../../../src/storage/journal/room-changes.ts';
import { listThinned } from '../../../../src/storage/journal/room-thinning.ts';
import { listUpdates } from '../../../../src/storage/journal/room-updates.ts';
import { findMessage, listLastMessages } from '../../../../src/storage/messages/history.ts';
import { findChannel, findChannelRow } from '../../../../src/storage/rooms/channels.ts';
import { listOpenTurns } from '../../../../src/storage/turns/turns.ts';
import type { Cases } from '../contract.ts';
import { addRoom, claim, everything, getEntry, makePerson, openJournal, placesOf } from '../fixture.ts';

const textsIn = async ({ db }: Engine, room: string) => (await listLastMessages(db, room, 999)).map(({ text }) => text);

export const erasures: Cases = {
  'a message is deleted once; its place and its number are not given again': async (engine) => {
    const room = await addRoom(engine);
    const { say, erase } = openJournal(engine);
    const message = await say(room, 'one');
    const first = await erase(room, message.id);
    assert.deepEqual([first.duplicate, placesOf(first)], [false, [['deleted', 3]]]);
    assert.deepEqual(await erase(room, message.id), { duplicate: true, entries: [] });
    assert.equal(await findMessage(engine.db, message.id), undefined);
    assert.equal((await say(room, 'two')).seq, 2);
  },
  'a message is deleted only in its own room': async (engine) => {
    const [room, other] = [await addRoom(engine), await addRoom(engine)];
    const { say, erase } = openJournal(engine);
    const message = await say(room, 'one');
    assert.equal((await erase(other, message.id)).duplicate, true);
    assert.ok(await findMessage(engine.db, message.id));
  },
  'turns that a deleted message began end as cancelled, and that is told': async (engine) => {
    const room = await addRoom(engine);
    const { ask, erase, ...journal } = openJournal(engine);
    const message = await ask(room, ['cleo', 'mia']);
    const turn = await claim(engine, room, 'cleo');
    const erased = await erase(room, message.id);
    assert.deepEqual(placesOf(erased), [
      ['completed', 2],
      ['deleted', 3],
    ]);
    const { message: ended, turns } = getEntry(erased, 'completed');
    assert.deepEqual([ended.id, getEntry(erased, 'deleted').messageId], [message.id, message.id]);
    assert.deepEqual(
      turns.map(({ agent_id, outcome, code }) => [agent_id, outcome, code]),
      [
        ['cleo', 'cancelled', 'turn-cancelled'],
        ['mia', 'cancelled', 'turn-cancelled'],
      ],
    );
    assert.deepEqual(await journal.end(turn, 'too late'), { duplicate: true, entries: [] });
    assert.deepEqual(await listOpenTurns(engine.db, room), []);
  },
  'deletions are listed by place, of some rooms, with how the message had ended': async (engine) => {
    const [room, other] = [await addRoom(engine), await addRoom(engine)];
    const { say, erase } = openJournal(engine);
    const [one, two] = [await say(room, 'one'), await say(other, 'two')];
    await erase(room, one.id);
    await erase(other, two.id);
    const range = await everything(engine);
    const [deletion, ...others] = await listDeletions(engine.db, [room], range);
    assert.deepEqual(
      [deletion?.messageId, deletion?.channelId, deletion?.end?.position, deletion?.end?.turns, others],
      [one.id, room, 2, [], []],
    );
    assert.equal((await listDeletions(engine.db, [room, other], range)).length, 2);
  },
  'a message that was answered ends once: the deletion has its end': async (engine) => {
    const room = await addRoom(engine);
    const journal = openJournal(engine);
    const message = await journal.ask(room, ['cleo']);
    await journal.end(await claim(engine, room, 'cleo'));
    assert.deepEqual(placesOf(await journal.erase(room, message.id)), [['deleted', 3]]);
    assert.deepEqual(await engine.db.selectFrom('completions').selectAll().execute(), []);
    const [deletion] = await listDeletions(engine.db, [room], await everything(engine));
    assert.deepEqual([deletion?.end?.position, deletion?.end?.message.id], [2, message.id]);
    await journal.eraseRoom({ kind: 'cleared', channelId: room });
    const [change] = await listRoomChanges(engine.db, [room], await everything(engine));
    assert.deepEqual([change?.kind, change && 'ends' in change && change.ends], ['room-cleared', []]);
  },
  'who said a message, and what somebody said': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    const [one, two] = [await say(room, 'one'), await say(room, 'two', { senderId: 'bob' })];
    assert.equal(await findSenderId(engine.db, { channelId: room, messageId: two.id }), 'bob');
    assert.equal(await findSenderId(engine.db, { channelId: 'other', messageId: two.id }), undefined);
    assert.deepEqual(await listMessageIdsOf(engine.db, room, 'ada', 99, 9), [one.id]);
  },
  'a room that is cleared is empty, and counts on': async (engine) => {
    const room = await addRoom(engine, {}, ['ada']);
    const { say, eraseRoom } = openJournal(engine);
    for (const text of ['one', 'two']) await say(room, text);
    const cleared = await eraseRoom({ kind: 'cleared', channelId: room });
    assert.deepEqual([cleared.erased, placesOf(cleared)], [2, [['room-cleared', 5]]]);
    assert.deepEqual([await textsIn(engine, room), (await findChannel(engine.db, room))?.participants.length], [[], 1]);
    assert.equal((await say(room, 'three')).seq, 3);
  },
  'a room that is cleared ends its turns': async (engine) => {
    const room = await addRoom(engine);
    const { ask, eraseRoom } = openJournal(engine);
    const message = await ask(room, ['cleo']);
    const cleared = await eraseRoom({ kind: 'cleared', channelId: room });
    assert.deepEqual(placesOf(cleared), [
      ['completed', 2],
      ['room-cleared', 3],
    ]);
    const { message: ended, turns } = getEntry(cleared, 'completed');
    assert.deepEqual([ended.id, turns.map(({ outcome }) => outcome)], [message.id, ['cancelled']]);
    assert.deepEqual(await listOpenTurns(engine.db, room), []);
  },
  'a room that is deleted is gone with the people in it': async (engine) => {
    const room = await addRoom(engine, {}, ['ada']);
    const { say, eraseRoom } = openJournal(engine);
    await say(room, 'one');
    assert.deepEqual(placesOf(await eraseRoom({ kind: 'deleted', channelId: room })), [['room-deleted', 3]]);
    assert.equal(await findChannel(engine.db, room), undefined);
    assert.deepEqual(await engine.db.selectFrom('participants').selectAll().execute(), []);
    assert.equal((await listRoomDeletions(engine.db, [room, 'none'])).get(room)?.length, 1);
  },
  'what is said in the same group as the end of its room goes with it': async (engine) => {
    const room = await addRoom(engine);
    const { post, eraseRoom } = openJournal(engine);
    const [said] = await Promise.all([
      post(room),
      eraseRoom({ kind: 'cleared', channelId: room }),
      post(room, { text: 'after' }),
    ]);
    assert.equal(said.message.seq, 1);
    assert.deepEqual(await textsIn(engine, room), ['after']);
  },
  'a room that is forgotten leaves nothing but a place': async (engine) => {
    const room = await addRoom(engine);
    const { say, eraseRoom } = openJournal(engine);
    await say(room, 'one');
    await eraseRoom({ kind: 'forgotten', channelId: room });
    const rows = await engine.db.selectFrom('room_changes').selectAll().execute();
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(room));
    assert.equal(await getLastPosition(engine.db), 3);
  },
  'a change of what is not there is nothing': async (engine) => {
    const { eraseRoom, updateRoom } = openJournal(engine);
    const cleared = await eraseRoom({ kind: 'cleared', channelId: 'none' });
    assert.deepEqual(cleared, { duplicate: true, entries: [], erased: 0 });
    assert.deepEqual(await updateRoom('none', { set: { name: 'New' } }), { duplicate: true, entries: [] });
    assert.equal(await getLastPosition(engine.db), 0);
  },
  'a room that is updated says how it is now': async (engine) => {
    const room = await addRoom(engine, {}, ['ada', 'bob']);
    const { updateRoom } = openJournal(engine);
    const update = {
      set: { name: 'New', topic: 'tea' },
      add: [makePerson(room, 'eve', { joined_at: 9 })],
      remove: ['bob'],
    };
    const updated = await updateRoom(room, update);
    assert.deepEqual(placesOf(updated), [
      ['removed', 1],
      ['room-updated', 2],
    ]);
    assert.deepEqual(getEntry(updated, 'removed').entityIds, ['bob']);
    const { updates } = getEntry(updated, 'room-updated');
    assert.deepEqual([updates?.name, updates?.topic, updates?.participants], ['New', 'tea', ['ada', 'eve']]);
    assert.deepEqual((await listUpdates(engine.db, [room, 'none'])).get(room)?.participants, ['ada', 'eve']);
  },
  'of a room only the last update is kept': async (engine) => {
    const room = await addRoom(engine);
    const { updateRoom } = openJournal(engine);
    for (const name of ['A', 'B', 'C']) await updateRoom(room, { set: { name } });
    const entries = await listRoomChanges(engine.db, [room], await everything(engine));
    assert.deepEqual(placesOf({ entries }), [['room-updated', 3]]);
    assert.equal(getEntry({ entries }, 'room-updated').updates?.name, 'C');
  },
  'a large room is thinned in steps, oldest first, and the mark goes with the change': async (engine) => {
    const room = await addRoom(engine);
    const { post, thin, eraseRoom } = openJournal(engine);
    await Promise.all(Array.from({ length: 900 }, (_, n) => post(room, { text: `${n}` })));
    const step = { duplicate: false, entries: [] };
    const thinned = await thin({ kind: 'cleared', channelId: room });
    assert.deepEqual(thinned, { ...step, erased: 250, isOver: false });
    assert.deepEqual(
      [(await textsIn(engine, room))[0], await listThinned(engine.db)],
      ['250', [{ kind: 'cleared', channelId: room }]],
    );
    const last = await thin({ kind: 'cleared', channelId: room });
    assert.deepEqual(last, { ...step, erased: 0, isOver: true });
    await eraseRoom({ kind: 'cleared', channelId: room });
    assert.deepEqual([await textsIn(engine, room), await listThinned(engine.db)], [[], []]);
  },
  'a message that is being answered is not thinned': async (engine) => {
    const room = await addRoom(engine);
    const { post, thin, ask } = openJournal(engine);
    const asked = await ask(room, ['cleo']);
    await Promise.all(Array.from({ length: 900 }, () => post(room)));
    assert.equal((await thin({ kind: 'deleted', channelId: room })).erased, 249);
    assert.ok(await findMessage(engine.db, asked.id));
    assert.ok(await findChannelRow(engine.db, room));
  },
  'a room that is about to pass is found by the next start': async (engine) => {
    const room = await addRoom(engine);
    const { write } = openJournal(engine);
    await write({ kind: 'passing-room', channelId: room, serverId: 's' });
    assert.deepEqual(await listThinned(engine.db), [{ kind: 'forgotten', channelId: room }]);
  },
};
