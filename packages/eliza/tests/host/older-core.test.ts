/** A project with core 1.6 finds the server of its worlds and rooms under the name that it knows, on the real adapter. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAdapter } from '../../src/host/adapter/adapter.ts';
import { speakOlderCore } from '../../src/host/load/older-core.ts';
import { makeFolder } from './support/fake-project.ts';

test('core 1.6 gives and gets serverId, and nothing else changes', async (t) => {
  const agentId = crypto.randomUUID();
  const adapter = speakOlderCore(createAdapter({ file: join(makeFolder(t), 'agent.db'), agentId }));
  await adapter.init();
  t.after(() => adapter.close());
  const [id, roomId, serverId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  await adapter.createAgent({ id: agentId, name: 'Ada' });
  const world = { id, agentId, name: 'Lab', serverId };
  await adapter.createWorld(world);
  const kept = (await adapter.getWorld(id)) as { serverId?: string; messageServerId?: string; name?: string } | null;
  assert.deepEqual([kept?.serverId, kept?.messageServerId, kept?.name], [serverId, serverId, 'Lab']);
  const room = { id: roomId, agentId, worldId: id, source: 'x', type: 'GROUP', serverId };
  await adapter.createRooms([room]);
  const [first] = await adapter.getRoomsByIds([roomId]);
  assert.deepEqual([first?.serverId, first?.messageServerId], [serverId, serverId]);
});
