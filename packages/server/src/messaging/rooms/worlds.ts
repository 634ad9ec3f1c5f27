/** Worlds: an agent's view of a server, with a name and notes of its own. */
import { defaultServerId, ElizadError } from 'elizad-protocol';
import { findServer } from '../../storage/rooms/servers.ts';
import {
  countWorlds,
  findWorld,
  insertWorld,
  listWorlds as listRows,
  updateWorld,
  type WorldRow,
} from '../../storage/rooms/worlds.ts';
import { createId } from '../../storage/schema/ids.ts';
import type { Messaging } from '../ground/context.ts';

export type { WorldRow };

/** Worlds of one agent, at most. */
const mostWorlds = 500;

type NewWorld = {
  /** That of the server, where it is not given. */
  name?: string | undefined;
  messageServerId?: string | undefined;
  sourceType?: string | undefined;
  sourceId?: string | undefined;
  metadata: object;
};

/** Throws `server-not-found` and `too-many-worlds`. */
export async function createWorld(
  { database: { db } }: Messaging,
  agentId: string,
  { name, messageServerId = defaultServerId, sourceType, sourceId, metadata }: NewWorld,
): Promise<WorldRow> {
  const server = await findServer(db, messageServerId);
  if (!server) throw new ElizadError('server-not-found');
  if ((await countWorlds(db, agentId)) >= mostWorlds) throw new ElizadError('too-many-worlds');
  const world = {
    id: createId(),
    agent_id: agentId,
    server_id: messageServerId,
    name: name ?? server.name,
    source_type: sourceType ?? null,
    source_id: sourceId ?? null,
    metadata: JSON.stringify(metadata),
    created_at: Date.now(),
  };
  await insertWorld(db, world);
  return world;
}

/** A page of all worlds, newest first; `before` is the id of the last world of the page before. */
export const listWorlds = (
  { database }: Pick<Messaging, 'database'>,
  limit: number,
  before: string | undefined,
): Promise<WorldRow[]> => listRows(database.db, limit, before);

/** Throws `world-not-found`. */
export async function getWorld({ database: { db } }: Messaging, agentId: string, worldId: string): Promise<WorldRow> {
  const world = await findWorld(db, agentId, worldId);
  if (!world) throw new ElizadError('world-not-found');
  return world;
}

/** Gives it another name; what is given of its metadata takes the place of what it has under the same keys. */
export async function changeWorld(
  messaging: Messaging,
  agentId: string,
  worldId: string,
  { name, metadata }: { name?: string | undefined; metadata?: object | undefined },
): Promise<WorldRow> {
  const world = await getWorld(messaging, agentId, worldId);
  const merged = JSON.stringify({ ...JSON.parse(world.metadata), ...metadata });
  if (merged.length > mostMetadata)
    throw new ElizadError('invalid-payload', {
      issues: [{ path: 'metadata', message: 'expected at most 64 KB of JSON, including the stored metadata' }],
    });
  const changes = { name: name ?? world.name, metadata: merged };
  await updateWorld(messaging.database.db, worldId, changes);
  return { ...world, ...changes };
}

/** In characters of JSON. */
const mostMetadata = 65_536;
