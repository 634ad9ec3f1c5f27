/** A request that goes well for each row with several addresses, and the things that it is about, made anew when asked for. */
import { defaultServerId } from 'elizad-protocol';
import { type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import { form, picture } from './documented-walk.ts';
import type { Call, createRestClient } from './rest-client.ts';

export type Things = {
  agentId: string;
  userId: string;
  /** With both in it, and a message of the agent. */
  channelId: string;
  messageId: string;
  quietChannelId: string;
  /** Of several agents. */
  groupId: string;
  /** With the agent in it. */
  messageServerId: string;
  file: string;
};

type Client = ReturnType<typeof createRestClient>;

/** Its stored name. */
export const uploadFile = async ({ call }: Client, agentId: string): Promise<string> =>
  (await call('upload-agent-media', { params: { agentId }, body: form(picture, 'dot.png') })).body.data.filename;

export async function makeThings({ call }: Client, agentId: string, file: string): Promise<Things> {
  const userId = crypto.randomUUID();
  const participants = [userId, agentId];
  const [channel, quiet, group, server] = await Promise.all([
    call('create-channel', { body: { name: 'Hall', participants } }),
    call('create-channel', { body: { name: 'Cellar', participants: [userId] } }),
    call('create-group', { params: { groupId: defaultServerId }, body: { agentIds: [agentId] } }),
    call('create-message-server', { body: { name: 'Club' } }),
  ]);
  const channelId = channel.body.data.id;
  const messageServerId = server.body.data.server.id;
  const message = { channelId, authorId: agentId, content: 'Good evening.', sourceType: 'agent_response' };
  const [said] = await Promise.all([
    call('submit-message', { body: message }),
    call('add-server-agent', { params: { messageServerId }, body: { agentId } }),
  ]);
  return {
    agentId,
    userId,
    channelId,
    messageId: said.body.data.id,
    quietChannelId: quiet.body.data.id,
    groupId: group.body.data[0]?.id ?? '',
    messageServerId,
    file,
  };
}

/** What has several addresses. */
export const aliased = (Object.keys(restRows) as RestRowName[]).filter((name) => {
  const { aliases = [] }: RestRow = restRows[name];
  return aliases.length > 0;
});

const ofAgent = ({ agentId }: Things): Call => ({ params: { agentId } });
const ofRoom = ({ agentId, channelId }: Things): Call => ({ params: { agentId, roomId: channelId } });
const ofMemory = ({ agentId, messageId }: Things): Call => ({ params: { agentId, memoryId: messageId } });
const ofGroup = ({ groupId }: Things): Call => ({ params: { groupId } });
const ofServer = ({ messageServerId }: Things): Call => ({ params: { messageServerId } });
const ofChannel = ({ channelId }: Things): Call => ({ params: { channelId } });
const alone = (): Call => ({});

export const rowRequests: Partial<Record<RestRowName, (things: Things) => Call>> = {
  'get-debug-servers': alone,
  'get-environment': alone,
  'set-environment': () => ({ body: { content: { WALKED: 'yes' } } }),
  'list-memories': ofAgent,
  'list-room-memories': ofRoom,
  'update-memory': (things) => ({ ...ofMemory(things), body: { content: { text: 'Good night.' } } }),
  'delete-memory': ofMemory,
  'clear-memories': ofAgent,
  'clear-room-memories': ofRoom,
  'create-room': (things) => ({ ...ofAgent(things), body: { name: 'Attic' } }),
  'list-rooms': ofAgent,
  'get-room': ofRoom,
  'update-room': (things) => ({ ...ofRoom(things), body: { name: 'Great hall' } }),
  'delete-room': ofRoom,
  'create-group': ({ agentId }) => ({ params: { groupId: defaultServerId }, body: { agentIds: [agentId] } }),
  'delete-group': ofGroup,
  'clear-group-memories': ofGroup,
  'list-message-servers': alone,
  'create-message-server': () => ({ body: { name: 'Lab', description: 'White.' } }),
  'delete-message-server': ofServer,
  'list-server-agents': ofServer,
  'list-agent-message-servers': ofAgent,
  'sync-server-channels': (things) => ({
    ...ofServer(things),
    body: { channels: [{ name: 'one', type: 'GROUP', sourceId: '1' }] },
  }),
  'add-server-agent': (things) => ({ ...ofServer(things), body: { agentId: things.agentId } }),
  'remove-server-agent': ({ messageServerId, agentId }) => ({ params: { messageServerId, agentId } }),
  'list-server-channels': () => ({ params: { messageServerId: defaultServerId } }),
  'create-channel': () => ({ body: { name: 'Bar', type: 'text', description: 'Dim.' } }),
  'get-channel': ofChannel,
  'get-central-channel': ofChannel,
  'update-channel': (things) => ({ ...ofChannel(things), body: { name: 'Park' } }),
  'delete-messages-of': (things) => ({ ...ofChannel(things), query: { userId: things.agentId } }),
  'generate-channel-title': (things) => ({ ...ofChannel(things), body: { agentId: things.agentId } }),
  'list-channel-agents': ofChannel,
  'remove-channel-agent': ({ channelId, agentId }) => ({ params: { channelId, agentId } }),
  'post-message': ({ quietChannelId, userId }) => ({
    params: { channelId: quietChannelId },
    body: { authorId: userId, content: 'Hello' },
  }),
  'follow-channel': (things) => ({ ...ofChannel(things), query: { since: '0' } }),
  'delete-message': ({ channelId, messageId }) => ({ params: { channelId, messageId } }),
  'ingest-message': ({ quietChannelId, userId }) => ({
    body: { channelId: quietChannelId, authorId: userId, content: 'From afar' },
  }),
  'upload-agent-media': (things) => ({ ...ofAgent(things), body: form(picture, 'dot.png') }),
  'upload-channel-media': (things) => ({ ...ofChannel(things), body: form(picture, 'dot.png') }),
  'get-agent-file': ({ agentId, file }) => ({ params: { agentId, file } }),
  'synthesize-audio': (things) => ({ ...ofAgent(things), body: { text: 'Hello' } }),
};
