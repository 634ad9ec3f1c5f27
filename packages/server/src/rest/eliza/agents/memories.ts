/** What agents remember, over HTTP. */
import { ElizadError } from 'elizad-protocol';
import type { agentMemory, memoryRows } from 'elizad-protocol/rest';
import type { z } from 'zod';
import {
  changeMemory,
  deleteMemory,
  forgetFacts,
  listRemembered,
  type MemoryQuery,
  type Remembered,
} from '../../../messaging/agent-memories.ts';
import { getRoom } from '../../../messaging/ground/access.ts';
import type { Messaging } from '../../../messaging/ground/context.ts';
import type { RestHandlers } from '../../http/handler.ts';

const tableOf = { messages: 'messages', facts: 'facts', documents: 'documents', knowledge: 'documents' } as const;

export const memoryHandlers: RestHandlers<typeof memoryRows> = {
  'list-memories': async ({ messaging, agents }, { principal, params, query: { roomId, ...query } }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    const room = roomId === undefined ? undefined : await getRoom(messaging, principal, roomId, 'read');
    return { success: true, data: await list(messaging, { agentId, room, ...query }) };
  },
  'list-room-memories': async ({ messaging, agents }, { room, params, query }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    const { memories } = await list(messaging, { agentId, room, ...query });
    return { success: true, data: { memories } };
  },
  'update-memory': async ({ messaging, agents }, { principal, params, body }) => {
    agents.life.get(params.agentId);
    const { content, metadata } = body;
    if (!content && !metadata)
      throw new ElizadError('invalid-payload', { issues: [{ path: 'content.text', message: 'expected a text' }] });
    const isFact = await changeMemory(messaging, principal, params, { text: content?.text, metadata });
    if (isFact) agents.memory.renew(params.agentId);
    return { success: true, data: { id: params.memoryId, message: 'Memory updated' } };
  },
  'delete-memory': async ({ messaging, agents, cancelTurns }, { principal, params }) => {
    agents.life.get(params.agentId);
    await deleteMemory(messaging, cancelTurns, principal, params);
    return { success: true, data: { message: 'Memory deleted' } };
  },
  'clear-memories': async ({ messaging, agents }, { params }) => {
    const { id } = agents.life.get(params.agentId);
    const deleted = await forgetFacts(messaging, id);
    return { success: true, data: { deleted, message: 'All that the agent had learned is forgotten' } };
  },
  'clear-room-memories': async ({ messaging, agents }, { params: { agentId }, room }) => {
    agents.life.get(agentId);
    await forgetFacts(messaging, agentId, room);
    return undefined;
  },
};

type Query = Omit<MemoryQuery, 'table'> & { tableName: keyof typeof tableOf };

async function list(messaging: Messaging, { tableName, ...query }: Query) {
  const { remembered, hasMore } = await listRemembered(messaging, { ...query, table: tableOf[tableName] });
  return { memories: remembered.map((one) => describe(query.agentId, one, query.includeEmbedding)), hasMore };
}

function describe(agentId: string, one: Remembered, hasEmbedding: boolean): z.input<typeof agentMemory> {
  if (one.kind === 'message') {
    const { id, senderId, senderName, channelId, serverId, createdAt, text, source, metadata, ...said } = one.message;
    const { thought, actions, attachments, inReplyTo } = said;
    return {
      id,
      entityId: senderId,
      agentId,
      roomId: channelId,
      worldId: serverId,
      createdAt,
      content: {
        text,
        source,
        ...(thought !== null && { thought }),
        ...(actions.length > 0 && { actions }),
        ...(attachments.length > 0 && { attachments }),
        ...(inReplyTo !== null && { inReplyTo }),
      },
      metadata: {
        source,
        entityName: senderName,
        ...metadata,
        type: typeof metadata.type === 'string' ? metadata.type : 'message',
      },
    };
  }
  const { id, kind, channel_id, message_id, source, text, created_at, embedding } = one.row;
  return {
    id,
    entityId: agentId,
    agentId,
    // What it was given to know is of no room: it is the agent's own.
    roomId: channel_id ?? agentId,
    createdAt: created_at,
    content: { text, source: kind === 'fact' ? 'fact' : source || 'character' },
    metadata: kind === 'fact' ? { type: 'fact', messageId: message_id } : { type: 'document', path: source },
    ...(hasEmbedding && embedding && { embedding: toNumbers(embedding) }),
  };
}

const toNumbers = (bytes: Uint8Array): number[] => [
  ...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
];
