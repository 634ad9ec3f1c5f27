/** The ids of rooms: every way to derive one. Who knows an id may not know what is in the room; see access.ts. */
import { deriveId, isUuid } from 'elizad-protocol';
import { createId } from '../../storage/schema/ids.ts';

/** A room of its own. */
export const createRoomId = createId;

const nameOfTwo = (two: readonly [string, string]): string => `DM-${[...two].sort().join('-')}`;

/** The DM of two on a server: the same id whoever asks first. `name` is the room's. */
export async function deriveDirectRoom(serverId: string, two: readonly [string, string]) {
  const name = nameOfTwo(two);
  return { id: await deriveId(`${name}@${serverId}`), name };
}

/** The room in which two talk by voice. */
export const deriveVoiceRoom = (two: readonly [string, string]): Promise<string> => deriveId(nameOfTwo(two));

/** The room of a channel that another platform brings to a server. */
export const deriveSyncedRoom = (serverId: string, sourceId: string): Promise<string> =>
  deriveId(`${sourceId}@${serverId}`);

/** A room, or a person, of another platform: a UUID as it is, other ids by the platform. */
export const deriveForeignId = (platform: string, id: string): Promise<string> =>
  deriveId(isUuid(id) ? id : `${platform}:${id}`);

/** The room of a user of the OpenAI API with an agent. */
export const deriveUserRoom = (agentId: string, user: string): Promise<string> =>
  deriveId(`openai:${agentId}:user:${user}`);

/** The room of one request of the OpenAI API: the same request again finds the room that the first one made. */
export const deriveRequestRoom = (agentId: string, key: string): Promise<string> =>
  deriveId(`openai:${agentId}:request:${key}`);
