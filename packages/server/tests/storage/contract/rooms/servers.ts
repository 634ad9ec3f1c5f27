/** Servers, the agents of them, and worlds. */
import assert from 'node:assert/strict';
import { listServersWithAgents } from '../../../../src/storage/rooms/server-list.ts';
import {
  deleteServer,
  deleteServerAgent,
  findServer,
  insertServer,
  insertServerAgent,
  listServerAgentIds,
  listServerIdsOf,
  listServers,
} from '../../../../src/storage/rooms/servers.ts';
import {
  countWorlds,
  findWorld,
  insertWorld,
  listWorlds,
  listWorldsOf,
  updateWorld,
} from '../../../../src/storage/rooms/worlds.ts';
import type { Cases } from '../contract.ts';
import { addRoom, defaultServerId } from '../fixture.ts';

const server = (id: string, created_at = Date.now() + 1_000) => ({ id, name: id, created_at });
const world = (id: string, agent_id = 'cleo', created_at = 1) => ({
  id,
  agent_id,
  server_id: 's',
  name: id,
  metadata: '{}',
  created_at,
});

export const servers: Cases = {
  'a server is made and found': async ({ db }) => {
    const made = await insertServer(db, { ...server('s1'), description: 'about', metadata: '{"a":1}' }, 10);
    assert.deepEqual(made, await findServer(db, 's1'));
    assert.deepEqual([made?.description, made?.metadata, made?.updated_at], ['about', '{"a":1}', null]);
  },
  'a server is made once': async ({ db }) => {
    await insertServer(db, server('s1'), 10);
    assert.equal(await insertServer(db, { ...server('s1'), name: 'other' }, 10), undefined);
    assert.equal((await findServer(db, 's1'))?.name, 's1');
  },
  'there are no more servers than there may be': async ({ db }) => {
    assert.ok(await insertServer(db, server('s1'), 2));
    assert.equal(await insertServer(db, server('s2'), 2), undefined);
    assert.equal((await listServers(db, 10)).length, 2);
  },
  'many may be made: a count is a number': async ({ db }) => {
    for (let n = 1; n <= 10; n++) assert.ok(await insertServer(db, server(`s${n}`), 11), `server ${n}`);
    assert.equal(await insertServer(db, server('s11'), 11), undefined);
  },
  'the oldest server is first, and of one age by id': async ({ db }) => {
    const later = Date.now() + 5_000;
    for (const [id, at] of [
      ['b', later],
      ['a', later],
      ['B', later],
      ['z', later - 1],
    ] as const)
      await insertServer(db, server(id, at), 10);
    assert.deepEqual(
      (await listServers(db, 10)).map(({ id }) => id),
      [defaultServerId, 'z', 'B', 'a', 'b'],
    );
  },
  'a server with rooms stays': async (engine) => {
    await insertServer(engine.db, server('s1'), 10);
    await addRoom(engine, { server_id: 's1' });
    assert.equal(await deleteServer(engine.db, 's1'), false);
    assert.ok(await findServer(engine.db, 's1'));
  },
  'a server without rooms goes': async ({ db }) => {
    await insertServer(db, server('s1'), 10);
    assert.deepEqual([await deleteServer(db, 's1'), await deleteServer(db, 's1')], [true, false]);
    assert.equal(await findServer(db, 's1'), undefined);
  },
  'agents of a server are in the order in which they came': async ({ db }) => {
    for (const agent of ['zoe', 'ada', 'mia']) await insertServerAgent(db, defaultServerId, agent);
    await insertServerAgent(db, defaultServerId, 'zoe');
    assert.deepEqual(await listServerAgentIds(db, defaultServerId), ['zoe', 'ada', 'mia']);
  },
  'an agent has its servers, until it is taken out': async ({ db }) => {
    for (const id of ['s1', 's2']) {
      await insertServer(db, server(id), 10);
      await insertServerAgent(db, id, 'ada');
    }
    assert.deepEqual(await listServerIdsOf(db, 'ada'), ['s1', 's2']);
    assert.deepEqual(
      [await deleteServerAgent(db, 's1', 'ada'), await deleteServerAgent(db, 's1', 'ada')],
      [true, false],
    );
    assert.deepEqual(await listServerIdsOf(db, 'ada'), ['s2']);
  },
  'servers are listed with their agents': async ({ db }) => {
    await insertServer(db, server('s1'), 10);
    await insertServerAgent(db, 's1', 'ada');
    const list = await listServersWithAgents(db, 10);
    assert.deepEqual(
      list.map(({ id, agentIds }) => [id, agentIds]),
      [
        [defaultServerId, []],
        ['s1', ['ada']],
      ],
    );
  },
  'worlds are counted by agent': async ({ db }) => {
    for (const [id, agent] of [
      ['w1', 'cleo'],
      ['w2', 'cleo'],
      ['w3', 'mia'],
    ] as const)
      await insertWorld(db, world(id, agent));
    assert.deepEqual(
      [await countWorlds(db, 'cleo'), await countWorlds(db, 'mia'), await countWorlds(db, 'none')],
      [2, 1, 0],
    );
  },
  'worlds come newest id first, page by page': async ({ db }) => {
    for (const id of ['w1', 'w2', 'W3', 'w4']) await insertWorld(db, world(id));
    const list = async (before?: string) => (await listWorlds(db, 3, before)).map(({ id }) => id);
    assert.deepEqual([await list(), await list('w1')], [['w4', 'w2', 'w1'], ['W3']]);
  },
  'the worlds of an agent are oldest first': async ({ db }) => {
    await insertWorld(db, world('w1', 'cleo', 2));
    await insertWorld(db, world('w2', 'cleo', 1));
    await insertWorld(db, world('w3', 'mia', 1));
    assert.deepEqual(
      (await listWorldsOf(db, 'cleo')).map(({ id }) => id),
      ['w2', 'w1'],
    );
  },
  'a world is changed, and found only for its agent': async ({ db }) => {
    await insertWorld(db, world('w1'));
    await updateWorld(db, 'w1', { name: 'new', metadata: '{"a":1}' });
    assert.deepEqual(await findWorld(db, 'cleo', 'w1'), {
      ...world('w1'),
      name: 'new',
      metadata: '{"a":1}',
      source_type: null,
      source_id: null,
    });
    assert.equal(await findWorld(db, 'mia', 'w1'), undefined);
  },
};
