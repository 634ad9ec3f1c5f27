/** The rows of the rooms of an agent: the channels that it is in, under the same ids; and rooms of several agents. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, queryNumber, type RestRow } from '../rest-row.ts';
import { agentRoom, boundedMetadata, shortName } from './agent-shapes.ts';

const server = ['message_server_id', 'serverId', 'server_id'];
const source = z.string().trim().min(1).max(200).default('client');

export const agentRoomRows = {
  'create-room': {
    method: 'POST',
    path: '/api/agents/:agentId/rooms',
    aliases: ['/api/memory/:agentId/rooms'],
    domain: 'rooms',
    about:
      'Creates a room with the agent and, with `entityId`, one other participant. It is an ordinary channel; `roomId` sets its id.',
    scope: 'chat',
    params: idParams('agentId'),
    body: z.object({
      name: shortName,
      type: z.string().trim().min(1).max(50).default('DM'),
      source,
      worldId: uuid.optional(),
      messageServerId: uuid.optional(),
      roomId: uuid.optional(),
      entityId: uuid.optional(),
      metadata: boundedMetadata.default({}),
    }),
    spellings: { messageServerId: server, roomId: ['channelId'] },
    answers: { 201: enveloped(agentRoom) },
    errors: ['agent-not-found', 'server-not-found', 'world-not-found', 'room-exists'],
  },
  'list-rooms': {
    method: 'GET',
    path: '/api/agents/:agentId/rooms',
    aliases: ['/api/memory/:agentId/rooms'],
    domain: 'rooms',
    about: 'The rooms of an agent, most recently joined first, each with up to 100 participants.',
    scope: 'chat',
    params: idParams('agentId'),
    query: z.object({
      limit: queryNumber(1, 500).default(100),
      before: uuid.optional().describe('The id of the last room of the previous page.'),
      worldId: uuid.optional(),
    }),
    answers: { 200: enveloped(z.object({ rooms: z.array(agentRoom) })) },
    errors: ['agent-not-found'],
  },
  'get-room': {
    method: 'GET',
    path: '/api/agents/:agentId/rooms/:roomId',
    aliases: ['/api/memory/:agentId/rooms/:roomId'],
    domain: 'rooms',
    about: 'A room that the agent is in.',
    scope: 'chat',
    params: idParams('agentId', 'roomId'),
    answers: { 200: enveloped(agentRoom) },
    errors: ['agent-not-found', 'channel-not-found'],
  },
  'update-room': {
    method: 'PATCH',
    path: '/api/agents/:agentId/rooms/:roomId',
    aliases: ['/api/memory/:agentId/rooms/:roomId'],
    domain: 'rooms',
    about:
      'Renames a room and replaces its metadata; the room is notified. With `X-Entity-Id`, that entity must be in the room.',
    scope: 'chat',
    params: idParams('agentId', 'roomId'),
    body: z.object({ name: shortName.optional(), metadata: boundedMetadata.optional() }),
    answers: { 200: enveloped(agentRoom) },
    errors: ['agent-not-found', 'channel-not-found', 'not-a-participant'],
  },
  'delete-room': {
    method: 'DELETE',
    path: '/api/agents/:agentId/rooms/:roomId',
    aliases: ['/api/memory/:agentId/rooms/:roomId'],
    domain: 'rooms',
    about:
      'Removes the agent from a room and makes it forget what it learned there. An empty room is deleted with its messages.',
    scope: 'chat',
    params: idParams('agentId', 'roomId'),
    answers: { 204: 'none' },
    errors: ['agent-not-found', 'channel-not-found', 'not-a-participant'],
  },
  'create-group': {
    method: 'POST',
    path: '/api/memory/groups/:groupId',
    aliases: ['/api/agents/groups/:groupId'],
    domain: 'rooms',
    about:
      'Creates one room for several agents in the message server `groupId`. Returns it once for each agent, as that agent sees it.',
    scope: 'chat',
    params: idParams('groupId'),
    body: z.object({
      agentIds: z.array(uuid).min(1).max(100),
      name: shortName.default('Group'),
      type: z.string().trim().min(1).max(50).default('GROUP'),
      source,
      worldId: uuid.optional(),
      metadata: boundedMetadata.default({}),
    }),
    spellings: { agentIds: ['agent_ids'], name: ['roomName'] },
    answers: { 201: enveloped(z.array(agentRoom)) },
    errors: ['agent-not-found', 'server-not-found', 'world-not-found'],
  },
  'delete-group': {
    method: 'DELETE',
    path: '/api/memory/groups/:groupId',
    aliases: ['/api/agents/groups/:groupId'],
    domain: 'rooms',
    about: 'Deletes a group room or, given the id of a message server, up to 1,000 of its group rooms.',
    scope: 'operate',
    params: idParams('groupId'),
    answers: { 204: 'none' },
    errors: ['channel-not-found'],
  },
  'clear-group-memories': {
    method: 'DELETE',
    path: '/api/memory/groups/:groupId/memories',
    aliases: ['/api/agents/groups/:groupId/memories'],
    domain: 'memory',
    about:
      'Makes the agents of a group room, or of all group rooms of a server, forget what they learned there. Messages stay.',
    scope: 'operate',
    params: idParams('groupId'),
    answers: { 204: 'none' },
    errors: ['channel-not-found'],
  },
} as const satisfies Record<string, RestRow>;
