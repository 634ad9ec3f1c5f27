/**
 * The rows of what agents remember. An agent's room is the channel of the same id: its memory of what was said there is
 * the messages themselves; beside them it has facts that it learned, and documents that it was given.
 */
import { z } from 'zod';
import { shallowRecord } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, moment, queryFlag, queryNumber, type RestRow } from '../rest-row.ts';
import { agentMemory } from './agent-shapes.ts';

const limit = queryNumber(1, 100).default(50);
const page = {
  tableName: z.enum(['messages', 'facts', 'documents', 'knowledge']).default('messages'),
  includeEmbedding: queryFlag.default(false),
  before: z
    .union([uuid, moment], { error: 'expected a time, or the id of a memory' })
    .optional()
    .describe('A time, or the id of the last memory of the previous page.'),
};

const memories = z.object({ memories: z.array(agentMemory) });

export const memoryRows = {
  'list-memories': {
    method: 'GET',
    path: '/api/memory/:agentId/memories',
    aliases: ['/api/agents/:agentId/memories'],
    domain: 'memory',
    about:
      'What an agent remembers, newest first: `messages` of its rooms, `facts` it learned, or `documents` it was given.',
    scope: 'chat',
    params: idParams('agentId'),
    query: z.object({
      ...page,
      limit: limit.describe('Long messages and embeddings make a page shorter: see `hasMore`.'),
      roomId: uuid
        .optional()
        .describe(
          'Without it, messages older than the last 5,000 of the server come from the 500 rooms that the agent joined last.',
        ),
    }),
    spellings: { roomId: ['channelId'], limit: ['count'] },
    answers: { 200: enveloped(memories.extend({ hasMore: z.boolean() })) },
    errors: ['agent-not-found', 'channel-not-found', 'memory-not-found'],
  },
  'list-room-memories': {
    method: 'GET',
    path: '/api/memory/:agentId/rooms/:roomId/memories',
    aliases: ['/api/agents/:agentId/rooms/:roomId/memories'],
    domain: 'memory',
    about: 'What an agent remembers of a room, newest first. `messages` is empty if the agent is not in the room.',
    scope: 'chat',
    room: { id: 'roomId', right: 'read' },
    params: idParams('agentId', 'roomId'),
    query: z.object({
      ...page,
      limit: limit.describe('Long messages and embeddings make a page shorter: only an empty page is the last.'),
      start: moment.optional().describe('Earliest time.'),
      end: moment.optional().describe('Latest time.'),
    }),
    spellings: { limit: ['count'] },
    answers: { 200: enveloped(memories) },
    errors: ['agent-not-found', 'channel-not-found', 'memory-not-found'],
  },
  'update-memory': {
    method: 'PATCH',
    path: '/api/memory/:agentId/memories/:memoryId',
    aliases: ['/api/agents/:agentId/memories/:memoryId'],
    domain: 'memory',
    about:
      "Changes the text of a fact, or text and metadata of a message. With `X-Entity-Id`, the message must be that sender's or the agent's.",
    scope: 'operate',
    params: idParams('agentId', 'memoryId'),
    body: z.object({
      content: z.looseObject({ text: z.string().trim().min(1) }).optional(),
      metadata: shallowRecord.optional(),
    }),
    answers: { 200: enveloped(z.object({ id: uuid, message: z.string() })) },
    errors: [
      'agent-not-found',
      'memory-not-found',
      'memory-exists',
      'memory-fixed',
      'text-too-long',
      'not-the-sender',
      'reserved-voice',
    ],
  },
  'delete-memory': {
    method: 'DELETE',
    path: '/api/memory/:agentId/memories/:memoryId',
    aliases: ['/api/agents/:agentId/memories/:memoryId'],
    domain: 'memory',
    about: "Deletes a fact or a message. With `X-Entity-Id`, the message must be that sender's or the agent's.",
    scope: 'operate',
    params: idParams('agentId', 'memoryId'),
    answers: { 200: enveloped(z.object({ message: z.string() })) },
    errors: ['agent-not-found', 'memory-not-found', 'memory-fixed', 'message-not-found', 'not-the-sender'],
  },
  'clear-memories': {
    method: 'DELETE',
    path: '/api/memory/:agentId/memories',
    aliases: ['/api/agents/:agentId/memories'],
    domain: 'memory',
    about:
      'Makes an agent forget everything it learned. Messages stay, because they belong to their rooms; documents stay, because they belong to its character.',
    scope: 'operate',
    params: idParams('agentId'),
    answers: { 200: enveloped(z.object({ deleted: z.number(), message: z.string() })) },
    errors: ['agent-not-found'],
  },
  'clear-room-memories': {
    method: 'DELETE',
    path: '/api/memory/:agentId/memories/all/:roomId',
    aliases: ['/api/agents/:agentId/memories/all/:roomId'],
    domain: 'memory',
    about: 'Makes an agent forget everything it learned in a room. Messages stay, because they belong to the room.',
    scope: 'operate',
    room: { id: 'roomId', right: 'write' },
    params: idParams('agentId', 'roomId'),
    answers: { 204: 'none' },
    errors: ['agent-not-found', 'channel-not-found'],
  },
} as const satisfies Record<string, RestRow>;
