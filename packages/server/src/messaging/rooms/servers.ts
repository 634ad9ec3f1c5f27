/** Message servers: what channels belong to, and which agents belong to them. To the default one all do. */
import { type AgentView, defaultServerId, ElizadError } from 'elizad-protocol';
import { assertScope, hasScope } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { type ListedChannel, listChannelIds, listChannels } from '../../storage/rooms/channel-lists.ts';
import { hasServer } from '../../storage/rooms/channels.ts';
import { listServersWithAgents } from '../../storage/rooms/server-list.ts';
import {
  deleteServer as deleteRow,
  deleteServerAgent,
  findServer,
  insertServer,
  insertServerAgent,
  listServers as listRows,
  listServerAgentIds,
  listServerIdsOf,
  type ServerRow,
} from '../../storage/rooms/servers.ts';
import { createId } from '../../storage/schema/ids.ts';
import { asServer } from '../ground/access.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { deleteChannel } from './erase-room.ts';

export type { ListedChannel, ServerRow };

type Deps = Pick<Messaging, 'database' | 'agents'>;

/** As many as one answer may list. */
const mostServers = 1_000;

export type NewServer = {
  /** Where its maker chooses it. */
  id?: string | undefined;
  name: string;
  description?: string | undefined;
  sourceType: string;
  sourceId?: string | undefined;
  metadata: Record<string, unknown>;
};

/** The oldest first: the default one. */
export const listServers = ({ database }: Pick<Deps, 'database'>): Promise<ServerRow[]> =>
  listRows(database.db, mostServers);

/** The oldest ones, each with the agents that were added to it. */
export const listAllWithAgents = ({ database }: Pick<Deps, 'database'>) =>
  listServersWithAgents(database.db, mostServers);

/**
 * The channels of a server, newest first: groups, and the DMs of the principal. `before` and `next` are the place where a page
 * ends. Throws `server-not-found`.
 */
export async function listServerChannels(
  { database }: Pick<Deps, 'database'>,
  principal: Principal,
  serverId: string,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<{ channels: ListedChannel[]; next?: string }> {
  await assertServer({ database }, serverId);
  const [createdAt, id = ''] = before?.split('.') ?? [];
  const { channels, hasMore } = await listChannels(database.db, {
    serverId,
    limit,
    ...(!hasScope(principal, 'moderate') && { dmsOf: principal.entityId }),
    ...(createdAt !== undefined && { before: { created_at: Number(createdAt), id: id.toLowerCase() } }),
  });
  const last = channels.at(-1);
  return { channels, ...(hasMore && last && { next: `${last.created_at}.${last.id}` }) };
}

/** Throws `server-not-found`. */
export async function assertServer({ database }: Pick<Deps, 'database'>, serverId: string): Promise<void> {
  if (!(await hasServer(database.db, serverId))) throw new ElizadError('server-not-found');
}

/**
 * Makes a server. The same again, by its id, name and source, is the one that is there. Throws `too-many-servers`, and
 * `server-exists` where it is another one.
 */
export async function createServer(
  { database }: Deps,
  principal: Principal,
  { id = createId(), name, description, sourceType, sourceId, metadata }: NewServer,
): Promise<ServerRow> {
  assertScope(principal, 'operate');
  const row = await insertServer(
    database.db,
    {
      id,
      name,
      description: description ?? null,
      source_type: sourceType,
      source_id: sourceId ?? null,
      metadata: JSON.stringify(metadata),
      created_at: Date.now(),
    },
    mostServers,
  );
  if (row) return row;
  const there = await findServer(database.db, id);
  if (!there) throw new ElizadError('too-many-servers');
  const isSame = there.name === name && there.source_type === sourceType && there.source_id === (sourceId ?? null);
  if (!isSame) throw new ElizadError('server-exists');
  return there;
}

/** Channels that are deleted in one go. */
const page = 100;

/** Deletes a server with its channels, each as `deleteChannel` does. Throws `server-not-found`, `default-server`. */
export async function deleteServer(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  principal: Principal,
  serverId: string,
): Promise<void> {
  const { db } = messaging.database;
  assertScope(principal, 'operate');
  assertNotDefault(serverId);
  await assertServer(messaging, serverId);
  do {
    const ids = await listChannelIds(db, serverId, page);
    for (const id of ids) {
      const channel = await messaging.channels.find(id);
      // The right to delete a server includes what is in it.
      if (channel) await deleteChannel(messaging, cancelTurns, asServer(channel)).catch(passOverGone);
    }
    // One may have been made meanwhile.
  } while (!(await deleteRow(db, serverId)) && (await hasServer(db, serverId)));
}

function passOverGone(error: unknown): void {
  if (!(error instanceof ElizadError) || error.code !== 'channel-not-found') throw error;
}

/** Throws `server-not-found`. */
export async function listServerAgents(messaging: Deps, serverId: string): Promise<AgentView[]> {
  const { agents, database } = messaging;
  await assertServer(messaging, serverId);
  if (serverId === defaultServerId) return agents.list();
  const ids = await listServerAgentIds(database.db, serverId);
  return ids.flatMap((id) => agents.find(id) ?? []);
}

/** Throws `server-not-found`, `agent-not-found`. */
export async function addServerAgent(
  messaging: Deps,
  principal: Principal,
  serverId: string,
  agentId: string,
): Promise<void> {
  assertScope(principal, 'operate');
  await assertServer(messaging, serverId);
  if (!messaging.agents.find(agentId)) throw new ElizadError('agent-not-found');
  if (serverId !== defaultServerId) await insertServerAgent(messaging.database.db, serverId, agentId);
}

/** Throws `server-not-found`, `default-server`, `agent-not-in-server`. */
export async function removeServerAgent(
  messaging: Deps,
  principal: Principal,
  serverId: string,
  agentId: string,
): Promise<void> {
  assertScope(principal, 'operate');
  await assertServer(messaging, serverId);
  assertNotDefault(serverId);
  if (!(await deleteServerAgent(messaging.database.db, serverId, agentId)))
    throw new ElizadError('agent-not-in-server');
}

/** The default one first. Throws `agent-not-found`. */
export async function listServersOf({ agents, database }: Deps, agentId: string): Promise<string[]> {
  if (!agents.find(agentId)) throw new ElizadError('agent-not-found');
  return [defaultServerId, ...(await listServerIdsOf(database.db, agentId))];
}

function assertNotDefault(serverId: string): void {
  if (serverId === defaultServerId) throw new ElizadError('default-server');
}
