/** Worlds of agents over HTTP. */
import type { world, worldRows } from 'elizad-protocol/rest';
import type { z } from 'zod';
import { changeWorld, createWorld, listWorlds, type WorldRow } from '../../../messaging/rooms/worlds.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const worldHandlers: RestHandlers<typeof worldRows> = {
  'list-worlds': async ({ messaging }, { query: { limit, before } }) => {
    const worlds = await listWorlds(messaging, limit, before);
    return { success: true, data: { worlds: worlds.map(describe) } };
  },
  'create-world': async ({ messaging, agents }, { params, body }) => {
    const { id } = agents.life.get(params.agentId);
    return { success: true, data: { world: describe(await createWorld(messaging, id, body)) } };
  },
  'update-world': async ({ messaging, agents }, { params, body }) => {
    const { id } = agents.life.get(params.agentId);
    const { name, settings, metadata } = body;
    const given = settings ? { ...metadata, settings } : metadata;
    const world = describe(await changeWorld(messaging, id, params.worldId, { name, metadata: given }));
    return { success: true, data: { world, worldId: world.id, settings: settings ?? {} } };
  },
};

function describe(row: WorldRow): z.input<typeof world> {
  return {
    id: row.id,
    name: row.name,
    agentId: row.agent_id,
    messageServerId: row.server_id,
    serverId: row.server_id,
    sourceType: row.source_type ?? 'client',
    ...(row.source_id !== null && { sourceId: row.source_id }),
    metadata: JSON.parse(row.metadata),
    createdAt: row.created_at,
  };
}
