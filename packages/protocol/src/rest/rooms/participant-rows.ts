/** The rows of who is in a channel, people and agents. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';

const params = idParams('channelId');
const newAgent = z.object({ agentId: uuid });
const coming = z.object({ channelId: uuid, agentId: uuid, message: z.string() });
const mayNotInvite = ['channel-not-found', 'not-a-participant', 'agent-not-found', 'too-many-participants'] as const;

export const participantRows = {
  'list-channel-participants': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/participants',
    domain: 'messaging',
    about: 'The ids of the people and agents in a channel, in the order in which they joined.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params,
    answers: { 200: enveloped(z.array(uuid)) },
    errors: ['channel-not-found'],
  },
  'list-central-channel-participants': {
    method: 'GET',
    path: '/api/messaging/central-channels/:channelId/participants',
    released: 'list-channel-participants',
    domain: 'messaging',
    about: 'Participants with names and join times (ms since the epoch).',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params,
    answers: {
      200: enveloped(
        z.array(
          z.object({
            id: uuid,
            userId: uuid,
            name: z.string(),
            isAgent: z.boolean(),
            /** Nobody in a channel is more than that, or less. */
            role: z.literal('member'),
            joinedAt: z.int(),
            isOnline: z.boolean().describe('A person has the channel open on a socket; an agent is running.'),
          }),
        ),
      ),
    },
    errors: ['channel-not-found'],
  },
  'list-channel-agents': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/agents',
    aliases: ['/api/messaging/central-channels/:channelId/agents'],
    domain: 'messaging',
    about: 'The ids of the agents in a channel, under both field names that clients read.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params,
    answers: {
      200: enveloped(z.object({ channelId: uuid, agents: z.array(uuid), participants: z.array(uuid) })),
    },
    errors: ['channel-not-found'],
  },
  'add-channel-agent': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/agents',
    domain: 'messaging',
    about: 'Adds an agent to a channel and notifies the room. Adding it again is not an error.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    body: newAgent,
    spellings: { agentId: ['agent_id'] },
    answers: { 201: enveloped(coming) },
    errors: mayNotInvite,
  },
  'add-central-channel-agent': {
    method: 'POST',
    path: '/api/messaging/central-channels/:channelId/agents',
    domain: 'messaging',
    about: 'The same, with status 200.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    body: newAgent,
    spellings: { agentId: ['agent_id'] },
    answers: { 200: enveloped(coming, { message: z.string() }) },
    errors: mayNotInvite,
  },
  'remove-channel-agent': {
    method: 'DELETE',
    path: '/api/messaging/channels/:channelId/agents/:agentId',
    aliases: ['/api/messaging/central-channels/:channelId/agents/:agentId'],
    domain: 'messaging',
    about: 'Removes an agent from a channel and notifies the room. The agent still finishes the answer it is giving.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params: idParams('channelId', 'agentId'),
    answers: { 200: enveloped(coming) },
    errors: ['channel-not-found', 'not-a-participant', 'agent-not-in-channel'],
  },
} as const satisfies Record<string, RestRow>;
