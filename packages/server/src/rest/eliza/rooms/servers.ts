/** Message servers, the agents that belong to them, and their channels. */
import { defaultServerId } from 'elizad-protocol';
import type { serverRows } from 'elizad-protocol/rest';
import type { Principal } from '../../../auth/principal.ts';
import { deriveSyncedRoom } from '../../../messaging/ground/room-id.ts';
import { createChannel } from '../../../messaging/rooms/channel-life.ts';
import {
  addServerAgent,
  assertServer,
  createServer,
  deleteServer,
  type ListedChannel,
  listServerAgents,
  listServerChannels,
  listServers,
  listServersOf,
  removeServerAgent,
} from '../../../messaging/rooms/servers.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { showChannel, showDocumentedChannel, showDocumentedServer, showServer } from './room-views.ts';

export const serverHandlers: RestHandlers<typeof serverRows> = {
  'get-current-message-server': () => ({ success: true, data: { messageServerId: defaultServerId } }),
  'list-message-servers': async ({ messaging }) => {
    const servers = (await listServers(messaging)).map(showServer);
    return { success: true, data: { messageServers: servers, servers } };
  },
  'list-central-servers': async ({ messaging }) => {
    const servers = (await listServers(messaging)).map(showDocumentedServer);
    return { success: true, data: servers, servers };
  },
  'create-message-server': async ({ messaging }, { principal, body }) => ({
    success: true,
    data: { server: showServer(await createServer(messaging, principal, body)) },
  }),
  'create-server': async ({ messaging }, { principal, body }) => ({
    success: true,
    data: { server: showDocumentedServer(await createServer(messaging, principal, body)) },
  }),
  'delete-message-server': async ({ messaging, cancelTurns }, { principal, params: { messageServerId } }) => {
    await deleteServer(messaging, cancelTurns, principal, messageServerId);
    return { success: true, data: { messageServerId, message: 'Server deleted' } };
  },
  'sync-server-channels': async ({ messaging }, { principal, params: { messageServerId: serverId }, body }) => {
    await assertServer(messaging, serverId);
    const rows: ListedChannel[] = [];
    for (const { name, type, sourceId } of body.channels) {
      const id = await deriveSyncedRoom(serverId, sourceId);
      rows.push(await createChannel(messaging, principal, { id, serverId, name, type, sourceId, participants: [] }));
    }
    return { success: true, data: { synced: rows.length, channels: rows.map(showChannel) } };
  },
  'list-message-server-agents': async ({ messaging }, { params: { messageServerId } }) => {
    const agents = await listServerAgents(messaging, messageServerId);
    return { success: true, data: { messageServerId, agents: agents.map(({ id }) => id) } };
  },
  'list-server-agents': async ({ messaging }, { params: { messageServerId } }) => {
    const agents = await listServerAgents(messaging, messageServerId);
    return { success: true, data: agents.map(({ id, name, status }) => ({ id, name, status })) };
  },
  'add-message-server-agent': addAgent,
  'add-server-agent': addAgent,
  'remove-server-agent': async ({ messaging }, { principal, params: { messageServerId, agentId } }) => {
    await removeServerAgent(messaging, principal, messageServerId, agentId);
    return { success: true, data: { messageServerId, agentId, message: 'Agent removed from server' } };
  },
  'list-agent-message-servers': async ({ messaging }, { params: { agentId } }) => {
    const servers = await listServersOf(messaging, agentId);
    return { success: true, data: { agentId, messageServers: servers, servers } };
  },
  'list-message-server-channels': async ({ messaging }, { principal, params, query }) => {
    const { channels, next } = await listServerChannels(messaging, principal, params.messageServerId, query);
    return { success: true, data: { channels: channels.map(showChannel), next } };
  },
  'list-server-channels': async ({ messaging }, { principal, params, query }) => {
    const page = await listServerChannels(messaging, principal, params.messageServerId, query);
    const channels = page.channels.map(showDocumentedChannel);
    return { success: true, data: channels, channels, next: page.next };
  },
};

type Membership = {
  principal: Principal;
  params: { messageServerId: string; agentId?: string };
  body: { agentId: string };
};

async function addAgent({ messaging }: RestDeps, { principal, params, body }: Membership) {
  const { messageServerId } = params;
  const { agentId } = body;
  await addServerAgent(messaging, principal, messageServerId, agentId);
  return { success: true as const, data: { messageServerId, agentId, message: 'Agent added to server' } };
}
