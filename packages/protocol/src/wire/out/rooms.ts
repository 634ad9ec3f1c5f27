/** What a room hears of itself, and of the people in it. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import type { ChannelUpdate } from '../events.ts';
import {
  agentId,
  at,
  bothRooms,
  channelId,
  type InChannel,
  inRoom,
  json,
  ms,
  outRow,
  showRoom,
  userId,
} from './row.ts';

const joined = z.strictObject({ message: z.string(), ...bothRooms, agentId: uuid.optional() });
const presence = z.strictObject({ userId: uuid, ...bothRooms });

type Entered = InChannel & { message: string; agentId?: string };
type Present = InChannel & { entityId: string };

const showPresence = ({ entityId, channelId: id }: Present) => ({ userId: entityId, ...showRoom(id) });

/** Comings and goings. */
export const presenceEvents = {
  'channel-joined': outRow<Entered>()({
    sample: { channelId, agentId, message: 'Joined DM 11111111' },
    frames: {
      channel_joined: {
        schema: joined,
        about: 'You are in the room.',
        wrong: { change: { roomId: undefined }, path: 'roomId' },
      },
      room_joined: {
        schema: joined,
        about: 'The same in another spelling.',
        wrong: { change: { channelId: 7 }, path: 'channelId' },
      },
    },
    encode: (event) => [
      ['channel_joined', inRoom(event)],
      ['room_joined', inRoom(event)],
    ],
  }),
  'channel-left': outRow<Entered>()({
    sample: { channelId, agentId, message: 'Left the room' },
    frames: {
      channel_left: {
        schema: joined,
        about: 'You have left the room.',
        wrong: { change: { roomId: 'lobby' }, path: 'roomId' },
      },
      room_left: {
        schema: joined,
        about: 'The same in another spelling.',
        wrong: { change: { message: undefined }, path: 'message' },
      },
    },
    encode: (event) => [
      ['channel_left', inRoom(event)],
      ['room_left', inRoom(event)],
    ],
  }),
  'participant-joined': outRow<Present>()({
    sample: { channelId, entityId: userId },
    frames: {
      userJoined: {
        schema: presence,
        about: 'Sent to the others in a room of at most 500 people and agents: someone joined.',
        wrong: { change: { userId: null }, path: 'userId' },
      },
    },
    encode: (event) => [['userJoined', showPresence(event)]],
  }),
  /** `wasTakenOut`: by somebody else. What is said after it is not for them. */
  'participant-left': outRow<Present & { wasTakenOut?: true }>()({
    sample: { channelId, entityId: userId },
    frames: {
      userLeft: {
        schema: presence,
        about:
          'Sent to the others in a room of at most 500 people and agents: someone left. With your own id: you were removed. You get none of its later messages, live or after a reconnect, until you `join` it again or send a message there.',
        wrong: { change: { channelId: undefined }, path: 'channelId' },
      },
    },
    encode: (event) => [['userLeft', showPresence(event)]],
  }),
  typing: outRow<Present & { isTyping: boolean }>()({
    sample: { channelId, entityId: userId, isTyping: true },
    frames: {
      userTyping: {
        schema: presence.extend({ isTyping: z.boolean() }),
        about: 'Sent to the others in a room of at most 500 people and agents: someone is typing, or has stopped.',
        wrong: { change: { isTyping: 1 }, path: 'isTyping' },
      },
    },
    encode: (event) => [['userTyping', { ...showPresence(event), isTyping: event.isTyping }]],
  }),
};

export const roomEvents = {
  'channel-cleared': outRow<InChannel>()({
    sample: { channelId },
    frames: {
      channelCleared: {
        schema: z.strictObject(bothRooms),
        about:
          'All messages of the room were deleted; `seq` continues. Answers in progress ended before that, as `cancelled`. Clients that were away get this event instead of those messages.',
        wrong: { change: { roomId: 7 }, path: 'roomId' },
      },
    },
    encode: (event) => [['channelCleared', inRoom(event)]],
  }),
  'channel-deleted': outRow<InChannel>()({
    sample: { channelId },
    frames: {
      channelDeleted: {
        schema: z.strictObject(bothRooms),
        about:
          'The room and everything in it were deleted, and you are no longer in it. If someone joins it or sends a message there, it is created again, empty; its `seq` continues.',
        wrong: { change: { channelId: 'lobby' }, path: 'channelId' },
      },
    },
    encode: (event) => [['channelDeleted', inRoom(event)]],
  }),
  'channel-updated': outRow<InChannel & { updates: ChannelUpdate }>()({
    sample: {
      channelId,
      updates: {
        name: 'Men, all alike',
        type: 'DM',
        topic: null,
        metadata: { isDm: true },
        participants: [userId, agentId],
        updatedAt: at,
      },
    },
    frames: {
      channelUpdated: {
        schema: z.strictObject({
          ...bothRooms,
          updates: z.strictObject({
            name: z.string(),
            type: z.string(),
            topic: z.string().nullable(),
            metadata: json,
            participants: z.array(uuid),
            updatedAt: ms,
          }),
        }),
        about:
          'The name, topic, metadata or participants of a room were changed over HTTP; `updates` has the current values.',
        wrong: { change: { updates: {} }, path: 'updates.name' },
      },
    },
    encode: (event) => [['channelUpdated', inRoom(event)]],
  }),
};
