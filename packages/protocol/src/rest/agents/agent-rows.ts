/** The rows of agents: which there are, and how they come, change, start, stop and go. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';
import { agentDetail, agentStatus, agentSummary, characterDraft } from './agent-shapes.ts';

const agentId = idParams('agentId');

export const agentRows = {
  'list-agents': {
    method: 'GET',
    path: '/api/agents',
    domain: 'agents',
    about: 'All agents that this server knows: running agents first, then by name.',
    scope: 'chat',
    answers: { 200: enveloped(z.object({ agents: z.array(agentSummary) })) },
    errors: [],
  },
  'create-agent': {
    method: 'POST',
    path: '/api/agents',
    domain: 'agents',
    about:
      'Creates an agent from the fields of a character file. The agent is stored, but does not run until it is started.',
    scope: 'operate',
    body: z.object({
      agent: characterDraft
        .optional()
        .describe(
          'The character, also as `characterJson` or `character`. File paths in `knowledge`, and `settings.mcp`, are only allowed in character files on the server.',
        ),
      characterJson: characterDraft.optional(),
      character: characterDraft.optional(),
      characterPath: z.string().optional(),
    }),
    answers: { 201: enveloped(z.object({ id: uuid, character: agentDetail })) },
    errors: ['character-path-refused', 'agent-exists', 'too-many-agents', 'model-address-refused'],
  },
  'get-agent': {
    method: 'GET',
    path: '/api/agents/:agentId',
    domain: 'agents',
    about:
      'An agent with its character. Known and likely secrets show as `********`. Without `operate`, only settings known to hold no secrets are shown.',
    scope: 'chat',
    params: agentId,
    answers: { 200: enveloped(agentDetail) },
    errors: ['agent-not-found'],
  },
  'update-agent': {
    method: 'PATCH',
    path: '/api/agents/:agentId',
    domain: 'agents',
    about:
      'Changes the given character fields from the next turn on. `settings` and secrets are merged: null deletes a key, `********` keeps a secret.',
    scope: 'operate',
    params: agentId,
    body: characterDraft,
    answers: { 200: enveloped(agentDetail) },
    errors: ['agent-not-found', 'agent-exists', 'model-address-refused'],
  },
  'delete-agent': {
    method: 'DELETE',
    path: '/api/agents/:agentId',
    domain: 'agents',
    about:
      'Deletes an agent with its memory; its messages stay in the rooms it leaves. Running turns finish; queued turns end with `agent-not-running`.',
    scope: 'operate',
    params: agentId,
    answers: { 204: 'none' },
    errors: ['agent-not-found', 'agent-has-a-file'],
  },
  'start-agent': {
    method: 'POST',
    path: '/api/agents/:agentId/start',
    domain: 'agents',
    about: 'Starts an agent, now and at every start of the server. An agent that is running is not affected.',
    scope: 'operate',
    params: agentId,
    answers: { 200: enveloped(z.object({ id: uuid, name: z.string(), status: agentStatus })) },
    errors: ['agent-not-found'],
  },
  'stop-agent': {
    method: 'POST',
    path: '/api/agents/:agentId/stop',
    domain: 'agents',
    about:
      'Stops an agent until it is started again; it stays stopped across server restarts. Running turns finish; later ones end with `agent-not-running`.',
    scope: 'operate',
    params: agentId,
    answers: {
      200: enveloped(z.object({ id: uuid, name: z.string(), status: agentStatus, message: z.string() })),
    },
    errors: ['agent-not-found'],
  },
  'list-agent-panels': {
    method: 'GET',
    path: '/api/agents/:agentId/panels',
    domain: 'agents',
    about:
      'Pages that the plugins of an Eliza OS project add to its agent: `path` is below this server. Empty for other agents.',
    scope: 'chat',
    params: agentId,
    answers: { 200: enveloped(z.array(z.object({ name: z.string(), path: z.string() }))) },
    errors: ['agent-not-found'],
  },
} as const satisfies Record<string, RestRow>;
