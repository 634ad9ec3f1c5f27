/** The state of the world, or of one room, as a client that has just come asks for it. */
import { z } from 'zod';
import { defaultServerId, uuid } from '../../ids.ts';
import type { AgentView, ChannelView, Message, UserView } from '../events.ts';
import { sampleMessage, showMessage, shownMessage } from './message.ts';
import { agentId, at, bothServers, channelId, ms, outRow, seq, showRoom, showServer, userId } from './row.ts';

type World = {
  serverId: string;
  channelId?: string;
  seq: number;
  timestamp: number;
  agents: AgentView[];
  users: UserView[];
  channels: ChannelView[];
  messages: Message[];
};

const byId = <T extends { id: string }, U>(items: readonly T[], show: (item: T) => U): Record<string, U> =>
  Object.fromEntries(items.map((item) => [item.id, show(item)]));

const agent = z.strictObject({
  id: uuid,
  name: z.string(),
  status: z.enum(['active', 'inactive']),
  bio: z.array(z.string()),
  model: z.string().nullable(),
  tools: z.array(z.strictObject({ name: z.string(), state: z.enum(['ready', 'starting', 'failed']) })).optional(),
});

const channel = z.strictObject({
  id: uuid,
  ...bothServers,
  name: z.string(),
  type: z.enum(['DM', 'GROUP']),
  seq,
  createdAt: ms,
  participants: z.array(uuid),
  participantCount: z.int().min(0),
});

export const worldEvents = {
  'world-state': outRow<World>()({
    sample: {
      serverId: defaultServerId,
      channelId,
      seq: 1,
      timestamp: at,
      agents: [{ id: agentId, name: 'Eliza', status: 'active', bio: ['Listens.'], model: 'eliza-1966' }],
      users: [{ id: userId, name: 'Ada' }],
      channels: [
        {
          id: channelId,
          serverId: defaultServerId,
          name: 'DM 11111111',
          type: 'DM',
          seq: 1,
          createdAt: at,
          participants: [userId, agentId],
          participantCount: 2,
        },
      ],
      messages: [sampleMessage],
    },
    frames: {
      'world-state': {
        schema: z.strictObject({
          ...bothServers,
          channelId: uuid.optional(),
          roomId: uuid.optional(),
          seq,
          timestamp: ms,
          agents: z.record(uuid, agent),
          users: z.record(uuid, z.strictObject({ id: uuid, name: z.string() })),
          channels: z.record(uuid, channel),
          messages: z.record(uuid, shownMessage),
        }),
        about:
          'Maps by id. In a room with more than 500 people and agents, `users` and `participants` hold 500: its agents, you, and the earliest participants. All rooms together hold 2,000, starting with the rooms joined last; later rooms hold only their agents and you. `participantCount` is the full number; `GET /api/messaging/channels/:channelId/participants` lists all participants. `messages` holds the latest messages of each room, oldest first, up to half a megabyte per room and 750,000 characters in total, starting with the rooms joined last; each message counts 500 characters more than its text. `seq` is the last one of the room (without a room: the largest one shown).',
        wrong: { change: { agents: [] }, path: 'agents' },
      },
    },
    encode: (world) => [
      [
        'world-state',
        {
          ...showServer(world.serverId),
          ...(world.channelId !== undefined && showRoom(world.channelId)),
          seq: world.seq,
          timestamp: world.timestamp,
          agents: byId(world.agents, (one) => one),
          users: byId(world.users, (one) => one),
          channels: byId(world.channels, (one) => ({ ...one, ...showServer(one.serverId) })),
          messages: byId(world.messages, (message) => showMessage({ message })),
        },
      ],
    ],
  }),
};
