/** Who takes part in a room. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import {
  addParticipants,
  deleteParticipant,
  deleteParticipantEverywhere,
  findChannel,
  listChannelIdsOf,
  listMembers,
  renameParticipant,
  upsertParticipants,
} from '../../../../src/storage/rooms/channels.ts';
import type { Cases } from '../contract.ts';
import { addRoom, makePerson } from '../fixture.ts';

const namesIn = async ({ db }: Engine, room: string) =>
  (await findChannel(db, room))?.participants.map(({ entity_id, name }) => [entity_id, name]);

export const people: Cases = {
  'somebody who joins again has the new name': async (engine) => {
    const room = await addRoom(engine, {}, ['ada']);
    await upsertParticipants(engine.db, [makePerson(room, 'ada', { name: 'Ada L.' })]);
    assert.deepEqual(await namesIn(engine, room), [['ada', 'Ada L.']]);
  },
  'somebody who joins again without a name keeps the old one': async (engine) => {
    const room = await addRoom(engine, {}, ['ada']);
    await upsertParticipants(engine.db, [makePerson(room, 'ada', { name: null })]);
    assert.deepEqual(await namesIn(engine, room), [['ada', 'ada']]);
  },
  'hundreds are added at once, to several rooms': async (engine) => {
    const [one, two] = [await addRoom(engine), await addRoom(engine)];
    const rows = Array.from({ length: 301 }, (_, n) =>
      makePerson(n % 2 ? one : two, `p${String(n).padStart(3, '0')}`, { joined_at: n }),
    );
    await addParticipants(engine.db, rows);
    assert.deepEqual([(await namesIn(engine, one))?.length, (await namesIn(engine, two))?.length], [150, 151]);
  },
  'where one of many cannot be added, none is': async (engine) => {
    const room = await addRoom(engine);
    await assert.rejects(addParticipants(engine.db, [makePerson(room, 'ada'), makePerson('none', 'ada')]), {
      code: 'storage-failed',
    });
    assert.deepEqual(await namesIn(engine, room), []);
  },
  'somebody leaves one room, not others': async (engine) => {
    const [one, two] = [await addRoom(engine, {}, ['ada', 'bob']), await addRoom(engine, {}, ['ada'])];
    await deleteParticipant(engine.db, one, 'ada');
    assert.deepEqual([await namesIn(engine, one), await namesIn(engine, two)], [[['bob', 'bob']], [['ada', 'ada']]]);
  },
  'somebody leaves all rooms': async (engine) => {
    const rooms = [await addRoom(engine, {}, ['ada', 'bob']), await addRoom(engine, {}, ['ada'])];
    await deleteParticipantEverywhere(engine.db, 'ada');
    assert.deepEqual(await Promise.all(rooms.map((room) => namesIn(engine, room))), [[['bob', 'bob']], []]);
  },
  'of pairs it is said which are members': async (engine) => {
    const [one, two] = [await addRoom(engine, {}, ['ada']), await addRoom(engine, {}, ['bob'])];
    const members = await listMembers(engine.db, [
      [one, 'ada'],
      [one, 'bob'],
      [two, 'bob'],
      ['none', 'ada'],
    ]);
    assert.deepEqual([...members].sort(), [`${one} ada`, `${two} bob`].sort());
  },
  'of no pairs none is a member': async ({ db }) => {
    assert.deepEqual(await listMembers(db, []), new Set());
  },
  'somebody has another name in all rooms': async (engine) => {
    const rooms = [await addRoom(engine, {}, ['ada', 'bob']), await addRoom(engine, {}, ['ada'])];
    await renameParticipant(engine.db, 'ada', 'Countess');
    assert.deepEqual(await Promise.all(rooms.map((room) => namesIn(engine, room))), [
      [
        ['ada', 'Countess'],
        ['bob', 'bob'],
      ],
      [['ada', 'Countess']],
    ]);
  },
  'the rooms of somebody, the one joined last first': async (engine) => {
    const [one, two] = [await addRoom(engine), await addRoom(engine)];
    await upsertParticipants(engine.db, [
      makePerson(one, 'ada', { joined_at: 9 }),
      makePerson(two, 'ada', { joined_at: 5 }),
    ]);
    assert.deepEqual(await listChannelIdsOf(engine.db, 'ada', 9), [one, two]);
    assert.deepEqual(await listChannelIdsOf(engine.db, 'ada', 1), [one]);
  },
};
