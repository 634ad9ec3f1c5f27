/** Coming into a room and leaving it. */
import { z } from 'zod';
import { displayName } from '../../fields.ts';
import { serverId, uuid } from '../../ids.ts';
import { channelKind, count, inRow, notAnObject, sampleIds, wrongRoom } from './row.ts';

const { room, user, agent } = sampleIds;

/** Agents that one join may invite. */
const mostInvited = 20;

/** What becomes of an agent's turn when a new message comes: it waits for it, gives way to it, or has it left unanswered. */
export const turnPolicies = ['queue', 'supersede', 'reject'] as const;
export type TurnPolicy = (typeof turnPolicies)[number];

export const roomIntents = {
  join: inRow({
    intent: 'join-channel',
    payload: z.object({
      channelId: uuid,
      agentId: uuid.optional(),
      agentIds: z.array(uuid).max(mostInvited).optional(),
      entityId: uuid.optional(),
      name: displayName.optional(),
      since: count.optional(),
      turnPolicy: z.enum(turnPolicies).optional(),
      serverId: serverId.optional(),
      ...channelKind,
    }),
    result: z.object({
      channelId: uuid,
      serverId: uuid,
      entityId: uuid,
      agentId: uuid.optional(),
      type: z.enum(['DM', 'GROUP']),
      seq: count,
    }),
    fields: {
      roomId: 'channelId',
      agentId: 'agentId',
      userId: 'entityId',
      name: 'name',
      since: 'since',
      turnPolicy: 'turnPolicy',
    },
    alsoTaken: { channelId: 'channelId', entityId: 'entityId', agentIds: 'agentIds' },
    about:
      'Joins a room and creates it if it is new: a DM of you and an agent with `agentId`, a GROUP without it. In an existing room, `agentId` invites that agent. With `since`, every later message is replayed first. A new room may get a `turnPolicy`: `queue` (the agent answers each message in turn), `supersede` (the newest message replaces earlier ones) or `reject` (messages are not answered while the agent is busy).',
    valid: [
      { why: 'as documented', payload: { roomId: room, agentId: agent } },
      {
        why: 'everything',
        payload: { roomId: room, agentId: agent, userId: user, name: 'Ada', since: 12, turnPolicy: 'queue' },
      },
    ],
    invalid: [
      notAnObject,
      { why: 'no room', payload: { agentId: agent }, path: 'roomId' },
      wrongRoom,
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 7 }, path: 'agentId' },
      { why: 'the user is not a UUID', payload: { roomId: room, userId: 'me' }, path: 'userId' },
      { why: 'the name is not text', payload: { roomId: room, name: {} }, path: 'name' },
      { why: 'since is not a number', payload: { roomId: room, since: 'yesterday' }, path: 'since' },
      { why: 'unknown policy', payload: { roomId: room, turnPolicy: 'newest' }, path: 'turnPolicy' },
    ],
  }),
  leave: inRow({
    intent: 'leave-channel',
    payload: z.object({ channelId: uuid, agentId: uuid.optional() }),
    result: z.object({ channelId: uuid }),
    fields: { roomId: 'channelId', agentId: 'agentId' },
    alsoTaken: { channelId: 'channelId' },
    about: 'Leaves a room: this socket gets no more events from it. The agent stays.',
    valid: [{ why: 'as documented', payload: { roomId: room, agentId: agent } }],
    invalid: [
      notAnObject,
      { why: 'no room', payload: {}, path: 'roomId' },
      wrongRoom,
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 'Eliza' }, path: 'agentId' },
    ],
  }),
} as const;
