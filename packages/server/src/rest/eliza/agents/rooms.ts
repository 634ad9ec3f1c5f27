/** The rooms of agents over HTTP: the channels that they are in. */
import type { agentRoom, agentRoomRows } from 'elizad-protocol/rest';
import type { z } from 'zod';
import { createRoomId } from '../../../messaging/ground/room-id.ts';
import {
  type AgentRoom,
  changeAgentRoom,
  createGroup,
  createRoom,
  deleteGroups,
  forgetGroups,
  getAgentRoom,
  leaveRoom,
  listRooms,
  worldIdOf,
} from '../../../messaging/rooms/agent-rooms.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const agentRoomHandlers: RestHandlers<typeof agentRoomRows> = {
  'create-room': async ({ messaging, agents }, { params, body }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    const roomId = body.roomId ?? createRoomId();
    await createRoom(messaging, [agentId], { ...body, roomId });
    return { success: true, data: describe(await getAgentRoom(messaging, agentId, roomId)) };
  },
  'list-rooms': async ({ messaging, agents }, { params, query }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    return { success: true, data: { rooms: (await listRooms(messaging, agentId, query)).map(describe) } };
  },
  'get-room': async ({ messaging, agents }, { params }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    return { success: true, data: describe(await getAgentRoom(messaging, agentId, params.roomId)) };
  },
  'update-room': async ({ messaging, agents }, { principal, params, body }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    return { success: true, data: describe(await changeAgentRoom(messaging, principal, agentId, params.roomId, body)) };
  },
  'delete-room': async ({ messaging, agents, cancelTurns }, { principal, params: { agentId, roomId } }) => {
    agents.life.get(agentId);
    await leaveRoom(messaging, cancelTurns, principal, agentId, roomId);
    return undefined;
  },
  'create-group': async ({ messaging, agents }, { params: { groupId }, body: { agentIds, ...room } }) => {
    const ids = [...new Set(agentIds)].map((agentId) => agents.life.get(agentId).id);
    const rooms = await createGroup(messaging, ids, { ...room, messageServerId: groupId });
    return { success: true, data: rooms.map(describe) };
  },
  'delete-group': async ({ messaging, cancelTurns }, { params }) => {
    await deleteGroups(messaging, cancelTurns, params.groupId);
    return undefined;
  },
  'clear-group-memories': async ({ messaging }, { params }) => {
    await forgetGroups(messaging, params.groupId);
    return undefined;
  },
};

function describe(room: AgentRoom): z.input<typeof agentRoom> {
  const { agentId, row, world, entities } = room;
  return {
    id: row.id,
    channelId: row.id,
    name: row.name,
    agentId,
    type: row.declared_type ?? row.type,
    source: row.source_type ?? 'client',
    worldId: worldIdOf(room),
    ...(world && { worldName: world.name }),
    messageServerId: row.server_id,
    serverId: row.server_id,
    metadata: JSON.parse(row.metadata),
    createdAt: row.created_at,
    entities: entities.map(({ id, name }) => ({ id, name: name ?? 'User' })),
  };
}
