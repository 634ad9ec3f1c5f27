/** Sockets that may come back, with the rooms that each was in. */
import assert from 'node:assert/strict';
import {
  countSessionRooms,
  deleteSession,
  deleteSessionsBefore,
  deleteSessionsBeyond,
  hasSessionsBefore,
  listSessions,
  type SessionChange,
  type SessionRoom,
  saveSessions,
  touchSessions,
} from '../../../../src/storage/rooms/socket-sessions.ts';
import type { Cases } from '../contract.ts';

const room = (channelId: string, over: Partial<SessionRoom> = {}): SessionRoom => ({
  channelId,
  as: 'ada',
  after: 7,
  agents: undefined,
  ...over,
});

const change = (pid: string, over: Partial<SessionChange> = {}): SessionChange => ({
  pid,
  sid: `sid of ${pid}`,
  data: '{"a":1}',
  touchedAt: 1_000,
  isWhole: false,
  entered: [],
  left: [],
  ...over,
});

export const socketSessions: Cases = {
  'a session comes back with its rooms': async ({ db }) => {
    const rooms = [room('r1', { after: 1_790_000_000_000, agents: ['cleo'] }), room('r2', { as: 'bob' })];
    await saveSessions(db, [change('p', { entered: rooms })]);
    const [session] = await listSessions(db, ['p']);
    assert.deepEqual([session?.pid, session?.sid, session?.data], ['p', 'sid of p', '{"a":1}']);
    assert.deepEqual(
      session?.rooms.sort((a, b) => (a.channelId < b.channelId ? -1 : 1)),
      rooms,
    );
  },
  'a session without rooms has none': async ({ db }) => {
    await saveSessions(db, [change('p')]);
    assert.deepEqual((await listSessions(db, ['p']))[0]?.rooms, []);
  },
  'who hears no log lines is not who hears those of no agent': async ({ db }) => {
    await saveSessions(db, [change('p', { entered: [room('r1', { agents: [] }), room('r2')] })]);
    const rooms = (await listSessions(db, ['p']))[0]?.rooms ?? [];
    assert.deepEqual(Object.fromEntries(rooms.map(({ channelId, agents }) => [channelId, agents])), {
      r1: [],
      r2: undefined,
    });
  },
  'rooms are entered and left': async ({ db }) => {
    await saveSessions(db, [change('p', { entered: [room('r1'), room('r2')] })]);
    await saveSessions(db, [change('p', { entered: [room('r3')], left: ['r1'], data: '{}' })]);
    const [session] = await listSessions(db, ['p']);
    assert.deepEqual([session?.data, session?.rooms.map(({ channelId }) => channelId).sort()], ['{}', ['r2', 'r3']]);
  },
  'a room that is entered again is as it is now': async ({ db }) => {
    await saveSessions(db, [change('p', { entered: [room('r1')] })]);
    await saveSessions(db, [change('p', { entered: [room('r1', { after: 9, as: 'eve' })] })]);
    assert.deepEqual((await listSessions(db, ['p']))[0]?.rooms, [room('r1', { after: 9, as: 'eve' })]);
  },
  'a change of the whole takes the place of all rooms': async ({ db }) => {
    await saveSessions(db, [change('p', { entered: [room('r1'), room('r2')] })]);
    await saveSessions(db, [change('p', { isWhole: true, entered: [room('r2')] })]);
    assert.deepEqual(
      (await listSessions(db, ['p']))[0]?.rooms.map(({ channelId }) => channelId),
      ['r2'],
    );
  },
  'many are saved at once, each with its own': async ({ db }) => {
    const pids = Array.from({ length: 75 }, (_, n) => `p${n}`);
    await saveSessions(
      db,
      pids.map((pid) => change(pid, { entered: [room(`room of ${pid}`)] })),
    );
    const found = await listSessions(db, [...pids, 'none']);
    assert.equal(found.length, 75);
    assert.ok(found.every(({ pid, rooms }) => rooms.length === 1 && rooms[0]?.channelId === `room of ${pid}`));
  },
  'rooms are counted by session': async ({ db }) => {
    await saveSessions(db, [change('p', { entered: [room('r1'), room('r2')] }), change('q')]);
    assert.deepEqual(await countSessionRooms(db, ['q', 'p', 'none', 'p']), [0, 2, 0, 2]);
  },
  'a session that is deleted takes its rooms along': async ({ db }) => {
    await saveSessions(db, [change('p', { entered: [room('r1')] }), change('q', { entered: [room('r1')] })]);
    await deleteSession(db, 'p');
    assert.deepEqual([await listSessions(db, ['p']), await countSessionRooms(db, ['p', 'q'])], [[], [0, 1]]);
  },
  'the secret id is nowhere in the store': async ({ db }) => {
    await saveSessions(db, [change('secret-pid', { sid: 's' })]);
    assert.doesNotMatch(JSON.stringify(await db.selectFrom('sessions').selectAll().execute()), /secret-pid/);
  },
  'who was heard of stays, others go by age': async ({ db }) => {
    await saveSessions(db, [change('old'), change('touched'), change('young', { touchedAt: 5_000 })]);
    await touchSessions(db, ['touched'], 6_000);
    assert.deepEqual([await hasSessionsBefore(db, 2_000), await hasSessionsBefore(db, 1_000)], [true, false]);
    await deleteSessionsBefore(db, 2_000);
    assert.deepEqual((await listSessions(db, ['old', 'touched', 'young'])).map(({ pid }) => pid).sort(), [
      'touched',
      'young',
    ]);
  },
  'no more sessions stay than may': async ({ db }) => {
    await saveSessions(
      db,
      Array.from({ length: 10 }, (_, n) => change(`p${n}`, { touchedAt: 1_000 + n })),
    );
    await deleteSessionsBeyond(db, 3);
    const all = Array.from({ length: 10 }, (_, n) => `p${n}`);
    assert.deepEqual((await listSessions(db, all)).map(({ pid }) => pid).sort(), ['p7', 'p8', 'p9']);
  },
};
