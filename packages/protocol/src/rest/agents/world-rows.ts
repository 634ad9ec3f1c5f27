/** The rows of worlds: an agent's view of a server, with a name and notes of its own. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, queryNumber, type RestRow } from '../rest-row.ts';
import { boundedMetadata, shortName, world } from './agent-shapes.ts';

export const worldRows = {
  'list-worlds': {
    method: 'GET',
    path: '/api/agents/worlds',
    domain: 'agents',
    about: 'The worlds of all agents, newest first.',
    scope: 'chat',
    query: z.object({
      limit: queryNumber(1, 1_000).default(200),
      before: uuid.optional().describe('The id of the last world of the previous page.'),
    }),
    answers: { 200: enveloped(z.object({ worlds: z.array(world) })) },
    errors: [],
  },
  'create-world': {
    method: 'POST',
    path: '/api/agents/:agentId/worlds',
    domain: 'agents',
    about:
      "Creates a world for an agent, in the default server unless `messageServerId` names another. The name defaults to that server's name.",
    scope: 'operate',
    params: idParams('agentId'),
    body: z
      .object({
        name: shortName.optional(),
        messageServerId: uuid.optional(),
        sourceType: z.string().max(200).optional(),
        sourceId: z.string().max(200).optional(),
        metadata: boundedMetadata.default({}),
      })
      .refine(({ name, messageServerId }) => name !== undefined || messageServerId !== undefined, {
        path: ['name'],
        error: 'expected a name, or messageServerId',
      }),
    spellings: { messageServerId: ['message_server_id', 'serverId', 'server_id', 'worldId'] },
    answers: { 201: enveloped(z.object({ world })) },
    errors: ['agent-not-found', 'server-not-found', 'too-many-worlds'],
  },
  'update-world': {
    method: 'PATCH',
    path: '/api/agents/:agentId/worlds/:worldId',
    domain: 'agents',
    about:
      'Renames a world and merges the given metadata into its metadata; `settings` is stored in the metadata under that name.',
    scope: 'operate',
    params: idParams('agentId', 'worldId'),
    body: z.object({
      name: shortName.optional(),
      metadata: boundedMetadata.optional(),
      settings: boundedMetadata.optional(),
    }),
    answers: { 200: enveloped(z.object({ world, worldId: uuid, settings: z.record(z.string(), z.json()) })) },
    errors: ['agent-not-found', 'world-not-found'],
  },
} as const satisfies Record<string, RestRow>;
