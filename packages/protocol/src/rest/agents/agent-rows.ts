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
    about: 'All agents that this server knows: those that run first, then by name.',
    scope: 'chat',
    answers: { 200: enveloped(z.object({ agents: z.array(agentSummary) })) },
    errors: [],
  },
  'create-agent': {
    method: 'POST',
    path: '/api/agents',
    domain: 'agents',
    about:
      'Makes an agent from a character, given as `agent`, `characterJson` or `character` with the fields of a character file. It is kept, and does not run until it is started. Not accepted are: paths of files in `knowledge`, and `settings.mcp`, which name files and programs of the server: those stand in character files.',
    scope: 'operate',
    body: z.object({
      agent: characterDraft.optional(),
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
      'An agent with its whole character. In the place of each secret stands `********`, and of whatever looks like one; who may not change agents sees of its settings only those that are known to hold none.',
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
      'Changes the given fields of the character. `settings` and secrets are merged, where null deletes a key; a secret given as `********` stays. It counts from the next turn on; a turn that runs ends as it began. The change of an agent with a character file holds until that file changes.',
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
      'Deletes an agent for good, with its memory; it leaves its rooms, where what it said stays. A turn that runs ends; those that had not begun end with `agent-not-running`.',
    scope: 'operate',
    params: agentId,
    answers: { 204: 'none' },
    errors: ['agent-not-found', 'agent-has-a-file'],
  },
  'start-agent': {
    method: 'POST',
    path: '/api/agents/:agentId/start',
    domain: 'agents',
    about: 'Puts an agent to work, now and at every start of the server. One that runs goes on.',
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
      'Lets an agent rest until it is started again, also over a restart of the server. A turn that runs ends; later ones end with `agent-not-running`. One that rests stays so.',
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
    about: 'Pages that plugins bring for an agent. Plugins of this server bring none, so the list is empty.',
    scope: 'chat',
    params: agentId,
    answers: { 200: enveloped(z.array(z.object({ name: z.string(), path: z.string() }))) },
    errors: ['agent-not-found'],
  },
} as const satisfies Record<string, RestRow>;
