/** Rooms: made once, found with the people in them. */
import assert from 'node:assert/strict';
import {
  findChannel,
  findChannelRow,
  hasServer,
  insertChannel,
  insertChannels,
  setFrozenUntil,
} from '../../../../src/storage/rooms/channels.ts';
import type { Cases } from '../contract.ts';
import { addRoom, defaultServerId, makeChannel, makePerson, openJournal } from '../fixture.ts';

export const rooms: Cases = {
  'a new engine has the default server': async ({ db }) => {
    assert.deepEqual([await hasServer(db, defaultServerId), await hasServer(db, 'none')], [true, false]);
  },
  'a room that is made is found with all that was said of it': async ({ db }) => {
    const channel = makeChannel({
      topic: 'tea',
      source_type: 'a',
      source_id: 'b',
      metadata: '{"x":1}',
      declared_type: 'THREAD',
    });
    assert.equal(await insertChannel(db, channel, []), true);
    const rest = { last_seq: 0, turn_policy: null, frozen_until: null, world_id: null, updated_at: null };
    assert.deepEqual(await findChannelRow(db, channel.id), { ...channel, ...rest });
  },
  'a room is made once; the second one changes nothing': async ({ db }) => {
    const channel = makeChannel();
    await insertChannel(db, channel, [makePerson(channel.id, 'ada')]);
    assert.equal(await insertChannel(db, { ...channel, name: 'Other' }, [makePerson(channel.id, 'bob')]), false);
    const found = await findChannel(db, channel.id);
    assert.deepEqual([found?.channel.name, found?.participants.map(({ entity_id }) => entity_id)], ['Room', ['ada']]);
  },
  'of many rooms it is said which are new': async ({ db }) => {
    const [a, b] = [makeChannel(), makeChannel()];
    const births = [a, b, a].map((channel) => ({ channel, participants: [] }));
    assert.deepEqual(await insertChannels(db, births), [true, true, false]);
  },
  'a room of a server that is not there is refused, and with it those beside it': async ({ db }) => {
    const [good, bad] = [makeChannel(), makeChannel({ server_id: 'none' })];
    const births = [good, bad].map((channel) => ({ channel, participants: [] }));
    await assert.rejects(insertChannels(db, births), { code: 'storage-failed' });
    assert.equal(await findChannelRow(db, good.id), undefined);
  },
  'a room that nobody made is not found': async ({ db }) => {
    assert.deepEqual([await findChannel(db, 'none'), await findChannelRow(db, 'none')], [undefined, undefined]);
  },
  'people are in the order in which they joined, and then in which they came': async (engine) => {
    const channel = makeChannel();
    const joined = [
      ['carol', 2],
      ['zoe', 1],
      ['bob', 1],
      ['ada', 3],
    ] as const;
    await insertChannel(
      engine.db,
      channel,
      joined.map(([id, joined_at]) => makePerson(channel.id, id, { joined_at })),
    );
    const found = await findChannel(engine.db, channel.id);
    assert.deepEqual(
      found?.participants.map(({ entity_id }) => entity_id),
      ['zoe', 'bob', 'carol', 'ada'],
    );
  },
  'a room knows when the last word in it was said': async (engine) => {
    const room = await addRoom(engine);
    const { say } = openJournal(engine);
    assert.equal((await findChannel(engine.db, room))?.lastAt, 0);
    await say(room, 'one', { createdAt: 7_000 });
    await say(room, 'two', { createdAt: 8_000 });
    assert.equal((await findChannel(engine.db, room))?.lastAt, 8_000);
  },
  'a room counts its messages': async (engine) => {
    const [room, other] = [await addRoom(engine), await addRoom(engine)];
    const { say } = openJournal(engine);
    await Promise.all([say(room, 'a'), say(other, 'b'), say(room, 'c')]);
    assert.deepEqual(
      [(await findChannelRow(engine.db, room))?.last_seq, (await findChannelRow(engine.db, other))?.last_seq],
      [2, 1],
    );
  },
  'a room that is made anew under its id counts on': async (engine) => {
    const channel = makeChannel();
    await insertChannel(engine.db, channel, []);
    const journal = openJournal(engine);
    await journal.say(channel.id, 'one');
    await journal.say(channel.id, 'two');
    await journal.eraseRoom({ kind: 'deleted', channelId: channel.id });
    assert.equal(await insertChannel(engine.db, channel, []), true);
    assert.equal((await journal.say(channel.id, 'three')).seq, 3);
  },
  'a room is frozen until a time, and thawed': async (engine) => {
    const room = await addRoom(engine);
    await setFrozenUntil(engine.db, room, 1_790_000_000_000);
    assert.equal((await findChannelRow(engine.db, room))?.frozen_until, 1_790_000_000_000);
    await setFrozenUntil(engine.db, room, null);
    assert.equal((await findChannelRow(engine.db, room))?.frozen_until, null);
  },
};
