/** Rooms, worlds and people of elizad, as the agent knows them: under the ids of the reference, so that it knows old ones. */
import type { ProjectRoom } from '../../link.ts';
import type { Core, Runtime } from '../core.ts';

export type AgentRoom = { readonly roomId: string; readonly worldId: string };

export const roomOf = (core: Core, runtime: Runtime, room: ProjectRoom): AgentRoom => ({
  roomId: core.createUniqueUuid(runtime, room.id),
  worldId: core.createUniqueUuid(runtime, room.serverId),
});

/** A memory of a message of elizad. An answer of several parts has further ones, with a number. */
export const memoryIdOf = (core: Core, runtime: Runtime, messageId: string, part = 0): string =>
  core.createUniqueUuid(runtime, `${messageId}-${part > 0 ? `${part}-` : ''}${runtime.agentId}`);

/** Every message of a source that contains this is answered; of others, the agent's model decides. */
const alwaysAnswered = 'client_chat';

/** In a room of two, an agent must not wonder whether it is meant. */
export const sourceIn = (room: ProjectRoom, source: string): string =>
  room.type === 'DM' && !source.includes(alwaysAnswered) ? alwaysAnswered : source;

type Person = { readonly id: string; readonly name: string; readonly source: string };

/** Before a message: everything that it refers to is there. */
export async function ensureRoom(core: Core, runtime: Runtime, room: ProjectRoom, person: Person): Promise<AgentRoom> {
  const { roomId, worldId } = roomOf(core, runtime, room);
  const { source } = person;
  // Until 1.6, core called it serverId.
  const server = { messageServerId: room.serverId, serverId: room.serverId };
  await runtime.ensureWorldExists({
    id: worldId,
    name: `Server ${room.serverId.slice(0, 8)}`,
    agentId: runtime.agentId,
    ...server,
    metadata: {},
  });
  // A room of two is a GROUP as well: bootstrap asks for the settings of the owner in a DM, and logs an error without one.
  const type = room.type === 'DM' || room.type === '' ? 'GROUP' : room.type;
  await runtime.ensureRoomExists({
    id: roomId,
    name: room.name || `Channel ${room.id.slice(0, 8)}`,
    agentId: runtime.agentId,
    worldId,
    channelId: room.id,
    ...server,
    source,
    type,
    metadata: {},
  });
  await runtime.ensureConnection({
    entityId: person.id,
    roomId,
    worldId,
    userName: person.name,
    name: person.name,
    source,
    type,
    channelId: room.id,
    ...server,
    userId: person.id,
  });
  return { roomId, worldId };
}
