/** Lists of rooms: newest first, in pages without a hole. */
import assert from 'node:assert/strict';
import { groupMark, listGroupIds, listRoomsOf } from '../../../../src/storage/rooms/agent-rooms.ts';
import { type ChannelPage, listChannelIds, listChannels } from '../../../../src/storage/rooms/channel-lists.ts';
import { listQuietRooms } from '../../../../src/storage/rooms/quiet-rooms.ts';
import type { Cases } from '../contract.ts';
import { addRoom, openJournal, defaultServerId as serverId } from '../fixture.ts';

const names = ({ channels }: ChannelPage): string[] => channels.map(({ name }) => name);

export const lists: Cases = {
  'the newest room is first': async (engine) => {
    for (const [name, created_at] of [
      ['b', 2],
      ['c', 3],
      ['a', 1],
    ] as const)
      await addRoom(engine, { name, created_at });
    assert.deepEqual(names(await listChannels(engine.db, { serverId, limit: 10 })), ['c', 'b', 'a']);
  },
  'rooms of one time are in the order of their ids': async (engine) => {
    for (const id of ['x-a', 'x-B', 'x-b']) await addRoom(engine, { id, name: id, created_at: 1 });
    assert.deepEqual(names(await listChannels(engine.db, { serverId, limit: 10 })), ['x-b', 'x-a', 'x-B']);
  },
  'page by page every room comes once': async (engine) => {
    for (const [index, id] of ['a', 'B', 'c', 'D', 'e'].entries())
      await addRoom(engine, { id, name: id, created_at: index < 3 ? 1 : 2 });
    const seen: string[] = [];
    for (let page = await listChannels(engine.db, { serverId, limit: 2 }); ; ) {
      seen.push(...names(page));
      const before = page.channels.at(-1);
      if (!page.hasMore || !before) break;
      page = await listChannels(engine.db, { serverId, limit: 2, before });
    }
    assert.deepEqual(seen, ['e', 'D', 'c', 'a', 'B']);
  },
  'it is said whether there are more': async (engine) => {
    for (const name of ['a', 'b']) await addRoom(engine, { name });
    const more = async (limit: number) => (await listChannels(engine.db, { serverId, limit })).hasMore;
    assert.deepEqual([await more(1), await more(2)], [true, false]);
  },
  'of private rooms a list has only those that somebody is in': async (engine) => {
    await addRoom(engine, { name: 'group', created_at: 3 });
    await addRoom(engine, { name: 'mine', type: 'DM', created_at: 2 }, ['ada', 'bob']);
    await addRoom(engine, { name: 'theirs', type: 'DM', created_at: 1 }, ['bob', 'eve']);
    const list = async (dmsOf?: string) =>
      names(await listChannels(engine.db, { serverId, limit: 9, ...(dmsOf !== undefined && { dmsOf }) }));
    assert.deepEqual(
      [await list('ada'), await list('zoe'), await list()],
      [['group', 'mine'], ['group'], ['group', 'mine', 'theirs']],
    );
  },
  'a list is of one server': async (engine) => {
    await engine.db.insertInto('servers').values({ id: 's2', name: 'Two', created_at: 1 }).execute();
    await addRoom(engine, { name: 'here' });
    await addRoom(engine, { name: 'there', server_id: 's2' });
    assert.deepEqual(names(await listChannels(engine.db, { serverId: 's2', limit: 9 })), ['there']);
    assert.equal((await listChannelIds(engine.db, 's2', 9)).length, 1);
  },
  'a page is no larger than may be read at a time': async (engine) => {
    const metadata = JSON.stringify({ kept: 'x'.repeat(300_000) });
    for (let n = 0; n < 3; n++) await addRoom(engine, { name: `${n}`, created_at: n, metadata });
    const page = await listChannels(engine.db, { serverId, limit: 3 });
    assert.deepEqual([names(page), page.hasMore], [['2'], true]);
  },
  'rooms of an agent: the one that it joined last is first, page by page': async (engine) => {
    const ids: string[] = [];
    for (let at = 1; at <= 3; at++) {
      ids.push(await addRoom(engine));
      const row = {
        channel_id: ids.at(-1) as string,
        entity_id: 'cleo',
        kind: 'agent' as const,
        name: null,
        joined_at: at,
      };
      await engine.db.insertInto('participants').values(row).execute();
    }
    const list = async (before?: string) => (await listRoomsOf(engine.db, 'cleo', 2, before)).map(({ id }) => id);
    assert.deepEqual(await list(), [ids[2], ids[1]]);
    assert.deepEqual(await list(ids[1]), [ids[0]]);
    assert.deepEqual(await listRoomsOf(engine.db, 'other', 2), []);
  },
  'rooms that were made for several agents': async (engine) => {
    const old = await addRoom(engine, { source_id: groupMark, created_at: 1 });
    const young = await addRoom(engine, { source_id: groupMark, created_at: 2 });
    await addRoom(engine, { source_id: 'other', created_at: 3 });
    assert.deepEqual(await listGroupIds(engine.db, serverId, 9), [young, old]);
  },
  'a quiet room is one in which nothing was said for long': async (engine) => {
    const { say } = openJournal(engine);
    const loud = await addRoom(engine, { id: 'a', created_at: 1 });
    const quiet = await addRoom(engine, { id: 'b', created_at: 1 });
    await say(loud, 'now', { createdAt: 9_000 });
    await say(quiet, 'then', { createdAt: 2_000 });
    const page = await listQuietRooms(engine.db, { after: '', limit: 10 }, { spokenBefore: 5_000, madeBefore: 5_000 });
    assert.deepEqual(page, { all: 2, last: 'b', quiet: [{ id: 'b', isEmpty: false }] });
  },
  'a room that a join made and nobody used is empty, and one that somebody named is not': async (engine) => {
    const id = 'abcdefgh-1';
    await addRoom(engine, { id, name: 'Chat abcdefgh', created_at: 3_000 });
    await addRoom(engine, { id: 'abcdefgh-2', name: 'Garden', created_at: 3_000 });
    const page = await listQuietRooms(engine.db, { after: '', limit: 10 }, { spokenBefore: 1_000, madeBefore: 5_000 });
    assert.deepEqual(page.quiet, [{ id, isEmpty: true }]);
  },
  'rooms are looked at in pages behind an id': async (engine) => {
    for (const id of ['c', 'a', 'B']) await addRoom(engine, { id });
    const look = (after: string) => listQuietRooms(engine.db, { after, limit: 2 }, { spokenBefore: 0, madeBefore: 0 });
    const first = await look('');
    assert.deepEqual([first.all, first.last], [2, 'a']);
    assert.deepEqual(await look('a'), { all: 1, last: 'c', quiet: [] });
    assert.deepEqual(await look('c'), { all: 0, last: 'c', quiet: [] });
  },
};
