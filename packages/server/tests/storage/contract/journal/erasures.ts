/** What is deleted: a message, all of a room, the room itself; with the turns and places that go with it. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import { findSenderId, listDeletions, listMessageIdsOf } from '../../../../src/storage/journal/deletions.ts';
import { findMessage, getLastPosition, listLastMessages } from '../../../../src/storage/journal/history.ts';
import { listRoomChanges, listRoomDeletions, listUpdates } from '../../../../src/storage/journal/room-changes.ts';
import { listThinned } from '../../../../src/storage/journal/room-thinning.ts';
import { findChannel, findChannelRow } from '../../../../src/storage/rooms/channels.ts';
import { listOpenTurns } from '../../../../src/storage/turns/turns.ts';
import type { Cases } from '../contract.ts';
import { addRoom, claim, everything, makePerson, openJournal } from '../fixture.ts';

const textsIn = async ({ db }: Engine, room: string) => (await listLastMessages(db, room, 999)).map(({ text }) => text);

export const erasures: Cases = {
  'a message is deleted once; its place and its number are not given again': async (engine) => {
    const room = await addRoom(engine);
    const { say, erase } = openJournal(engine);
    const message = await say(room, 'one');
    const first = await erase(room, message.id);
    assert.deepEqual([first.duplicate, first.position, (await erase(room, message.id)).duplicate], [false, 3, true]);
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
    const { ask, erase, end } = openJournal(engine);
    const message = await ask(room, ['cleo', 'mia']);
    const turn = await claim(engine, room, 'cleo');
    const { completed, completedId } = await erase(room, message.id);
    assert.equal(completedId, message.id);
    assert.deepEqual(
      completed?.map(({ agent_id, outcome, code }) => [agent_id, outcome, code]),
      [
        ['cleo', 'cancelled', 'turn-cancelled'],
        ['mia', 'cancelled', 'turn-cancelled'],
      ],
    );
    assert.deepEqual(await end(turn, 'too late'), { duplicate: true });
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
    assert.deepEqual([deletion?.deleted.id, deletion?.completedAt, deletion?.completed, others], [one.id, 2, [], []]);
    assert.equal((await listDeletions(engine.db, [room, other], range)).length, 2);
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
    const { say, change } = openJournal(engine);
    for (const text of ['one', 'two']) await say(room, text);
    const { room: changed } = await change({ kind: 'cleared', channelId: room });
    assert.equal(changed?.erased, 2);
    assert.deepEqual([await textsIn(engine, room), (await findChannel(engine.db, room))?.participants.length], [[], 1]);
    assert.equal((await say(room, 'three')).seq, 3);
  },
  'a room that is cleared ends its turns': async (engine) => {
    const room = await addRoom(engine);
    const { ask, change } = openJournal(engine);
    const message = await ask(room, ['cleo']);
    const { room: changed } = await change({ kind: 'cleared', channelId: room });
    assert.deepEqual(
      changed?.ended.map(({ messageId, turns }) => [messageId, turns.map(({ outcome }) => outcome)]),
      [[message.id, ['cancelled']]],
    );
    assert.deepEqual(await listOpenTurns(engine.db, room), []);
  },
  'a room that is deleted is gone with the people in it': async (engine) => {
    const room = await addRoom(engine, {}, ['ada']);
    const { say, change } = openJournal(engine);
    await say(room, 'one');
    await change({ kind: 'deleted', channelId: room });
    assert.equal(await findChannel(engine.db, room), undefined);
    assert.deepEqual(await engine.db.selectFrom('participants').selectAll().execute(), []);
    assert.equal((await listRoomDeletions(engine.db, [room, 'none'])).get(room)?.length, 1);
  },
  'what is said in the same group as the end of its room goes with it': async (engine) => {
    const room = await addRoom(engine);
    const { post, change } = openJournal(engine);
    const [said] = await Promise.all([
      post(room),
      change({ kind: 'cleared', channelId: room }),
      post(room, { text: 'after' }),
    ]);
    assert.equal(said.message?.seq, 1);
    assert.deepEqual(await textsIn(engine, room), ['after']);
  },
  'a room that is forgotten leaves nothing but a place': async (engine) => {
    const room = await addRoom(engine);
    const { say, change } = openJournal(engine);
    await say(room, 'one');
    await change({ kind: 'forgotten', channelId: room });
    const rows = await engine.db.selectFrom('room_changes').selectAll().execute();
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(room));
    assert.equal(await getLastPosition(engine.db), 3);
  },
  'a change of what is not there is nothing': async (engine) => {
    const { change } = openJournal(engine);
    assert.equal((await change({ kind: 'cleared', channelId: 'none' })).duplicate, true);
    assert.equal(await getLastPosition(engine.db), 0);
  },
  'a room that is updated says how it is now': async (engine) => {
    const room = await addRoom(engine, {}, ['ada', 'bob']);
    const { change } = openJournal(engine);
    const update = {
      set: { name: 'New', topic: 'tea' },
      add: [makePerson(room, 'eve', { joined_at: 9 })],
      remove: ['bob'],
    };
    const { room: changed } = await change({ kind: 'updated', channelId: room, ...update });
    assert.deepEqual(
      [changed?.updates?.name, changed?.updates?.topic, changed?.updates?.participants],
      ['New', 'tea', ['ada', 'eve']],
    );
    assert.deepEqual((await listUpdates(engine.db, [room, 'none'])).get(room)?.participants, ['ada', 'eve']);
  },
  'of a room only the last update is kept': async (engine) => {
    const room = await addRoom(engine);
    const { change } = openJournal(engine);
    for (const name of ['A', 'B', 'C'])
      await change({ kind: 'updated', channelId: room, set: { name }, add: [], remove: [] });
    const changes = await listRoomChanges(engine.db, [room], await everything(engine));
    assert.deepEqual(
      changes.map(({ kind, position, updates }) => [kind, position, updates?.name]),
      [['updated', 3, 'C']],
    );
  },
  'a large room is thinned in steps, oldest first, and the mark goes with the change': async (engine) => {
    const room = await addRoom(engine);
    const { post, thin, change } = openJournal(engine);
    await Promise.all(Array.from({ length: 900 }, (_, n) => post(room, { text: `${n}` })));
    const { thinned } = await thin({ kind: 'cleared', channelId: room });
    assert.deepEqual(thinned, { erased: 250, isOver: false });
    assert.deepEqual(
      [(await textsIn(engine, room))[0], await listThinned(engine.db)],
      ['250', [{ kind: 'cleared', channelId: room }]],
    );
    assert.deepEqual((await thin({ kind: 'cleared', channelId: room })).thinned, { erased: 0, isOver: true });
    await change({ kind: 'cleared', channelId: room });
    assert.deepEqual([await textsIn(engine, room), await listThinned(engine.db)], [[], []]);
  },
  'a message that is being answered is not thinned': async (engine) => {
    const room = await addRoom(engine);
    const { post, thin, ask } = openJournal(engine);
    const asked = await ask(room, ['cleo']);
    await Promise.all(Array.from({ length: 900 }, () => post(room)));
    assert.equal((await thin({ kind: 'deleted', channelId: room })).thinned?.erased, 249);
    assert.ok(await findMessage(engine.db, asked.id));
    assert.ok(await findChannelRow(engine.db, room));
  },
  'a room that is about to pass is found by the next start': async (engine) => {
    const room = await addRoom(engine);
    const { write } = openJournal(engine);
    await write({ passing: { channelId: room, serverId: 's' } });
    assert.deepEqual(await listThinned(engine.db), [{ kind: 'forgotten', channelId: room }]);
  },
};
