/** Agents: made once, merged, deleted with all that is theirs, and never with their secrets. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ada, agentId, ben, makeId, open, otherRoom, room, world } from './support/open.ts';

describe('agents', () => {
  test('an agent is made once, with what is not given empty', async (t) => {
    const { adapter } = await open(t);
    assert.equal(await adapter.createAgent({ id: agentId, name: 'Again', bio: '' }), false);
    assert.equal(await adapter.createAgent({ id: makeId(), bio: 'without a name' }), false);
    const agent = await adapter.getAgent(agentId.toUpperCase());
    assert.equal(agent?.name, 'Eliza');
    assert.deepEqual([agent?.bio, agent?.username, agent?.system, agent?.enabled], ['Listens.', '', undefined, true]);
    assert.deepEqual([agent?.topics, agent?.settings, agent?.style], [[], {}, {}]);
    assert.equal(await adapter.getAgent(makeId()), null);
    assert.deepEqual(await adapter.getAgents(), [{ id: agentId, name: 'Eliza', bio: 'Listens.' }]);
  });

  test('an update merges settings: null removes, lists are replaced, other fields stay', async (t) => {
    const { adapter } = await open(t);
    await adapter.updateAgent(agentId, { settings: { voice: { model: 'a', speed: 1 }, list: [1, 2], gone: 1 } });
    assert.equal(
      await adapter.updateAgent(agentId, { settings: { voice: { speed: 2 }, list: [3], gone: null } }),
      true,
    );
    const agent = await adapter.getAgent(agentId);
    assert.deepEqual(agent?.settings, { voice: { model: 'a', speed: 2 }, list: [3] });
    assert.equal(agent?.bio, 'Listens.');
    assert.equal(await adapter.updateAgent(agentId, { name: null as unknown as string }), false);
    assert.equal(await adapter.updateAgent(makeId(), { name: 'nobody' }), true);
  });

  test('no secret reaches the file, however it is given', async (t) => {
    const { adapter, file } = await open(t);
    const secret = 'sk-c0ffee-never-on-disk';
    const secrets = { OPENAI_API_KEY: secret };
    const given = { name: 'Sly', bio: '', secrets, settings: { secrets, model: 'small' } };
    const id = makeId();
    assert.equal(await adapter.createAgent({ id, ...given }), true);
    assert.equal(await adapter.updateAgent(id, given), true);
    assert.equal(await adapter.updateAgent(agentId, given), true);
    assert.deepEqual((await adapter.getAgent(agentId))?.settings, { model: 'small' });
    assert.deepEqual(given.settings.secrets, secrets, 'what is given stays as it is');
    const look = () => globSync(`${file}*`).filter((path) => readFileSync(path).includes(secret));
    assert.ok(globSync(`${file}-wal`).length === 1 && readFileSync(`${file}-wal`).includes('small'));
    assert.deepEqual(look(), []);
    await adapter.close();
    assert.ok(readFileSync(file).includes('small'));
    assert.deepEqual(look(), []);
  });

  test('an agent goes with everything that is its own', async (t) => {
    const { adapter } = await open(t);
    const memory = { entityId: ada, roomId: room, content: { text: 'x' }, embedding: new Array<number>(384).fill(0.1) };
    await adapter.createMemory(memory, 'facts');
    await adapter.createRelationship({ sourceEntityId: ada, targetEntityId: ben });
    await adapter.setCache('key', 1);
    await adapter.createTask({ name: 'feed', worldId: world });
    await adapter.log({ body: {}, entityId: ada, roomId: room, type: 'action' });
    assert.equal(await adapter.deleteAgent(agentId), true);
    assert.equal(await adapter.deleteAgent(agentId), false);
    assert.equal(await adapter.getAgent(agentId), null);
    assert.deepEqual(await adapter.getRoomsByIds([room, otherRoom]), []);
    assert.deepEqual(await adapter.getEntitiesByIds([ada, ben]), []);
    assert.deepEqual(await adapter.getAllWorlds(), []);
    assert.deepEqual(await adapter.getMemories({ tableName: 'facts' }), []);
    assert.deepEqual(await adapter.searchMemories({ tableName: 'facts', embedding: memory.embedding }), []);
    assert.deepEqual(await adapter.getLogs({}), []);
    assert.deepEqual(await adapter.getTasks({}), []);
    assert.equal(await adapter.getCache('key'), undefined);
  });
});
