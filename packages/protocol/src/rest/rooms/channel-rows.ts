/** The rows of channels: made, shown, changed, emptied, gone; their titles. Who is in them: participant-rows.ts. */
import { z } from 'zod';
import { defaultServerId, serverId, uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';
import {
  channelView,
  documentedChannel,
  keptMetadata,
  participantIds,
  roomName,
  roomTopic,
  roomType,
} from './room-shapes.ts';

const params = idParams('channelId');
const tag = z.string().trim().min(1).max(200);

/** Ids in a query, which arrive as one text. */
const idList = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(uuid).max(100));

/** The channel itself, and in it once more under the name that the documented API has for it. */
const channelTwice = channelView.extend({ channel: documentedChannel });

const serverSpellings = { serverId: ['message_server_id', 'messageServerId', 'server_id'] };
const participantSpellings = { participants: ['participantCentralUserIds', 'participant_ids', 'participantIds'] };
const bodySpellings = { ...serverSpellings, ...participantSpellings, topic: ['description'] };
const newChannel = {
  name: roomName,
  serverId: serverId.default(defaultServerId),
  topic: roomTopic.optional(),
  metadata: keptMetadata.default({}),
};
const mayNot = ['channel-not-found', 'not-a-participant'] as const;
const deleted = z.object({ success: z.literal(true), deleted: z.int().min(0) });

export const channelRows = {
  'create-channel': {
    method: 'POST',
    path: '/api/messaging/channels',
    aliases: ['/api/messaging/central-channels'],
    domain: 'messaging',
    about:
      'Creates a channel. Repeating a request with the same `id` returns the existing channel; the `id` of a different channel is refused.',
    scope: 'chat',
    body: z.object({
      ...newChannel,
      id: uuid.optional(),
      type: roomType
        .optional()
        .describe(
          'Any word, shown as given. Agents answer every message in DM, SELF, VOICE_DM and API rooms; all others are groups. `metadata.isDm` makes any type a DM.',
        ),
      participants: participantIds.default([]).describe('If empty, the entity of the header X-Entity-Id.'),
      sourceType: tag.optional(),
      sourceId: tag.optional(),
    }),
    spellings: { ...bodySpellings, sourceType: ['source_type'], sourceId: ['source_id'] },
    answers: { 201: enveloped(channelTwice) },
    errors: ['server-not-found', 'room-exists'],
  },
  'create-group-channel': {
    method: 'POST',
    path: '/api/messaging/group-channels',
    domain: 'messaging',
    about: 'Creates a group of at least two participants.',
    scope: 'chat',
    body: z.object({ ...newChannel, participants: participantIds.min(2) }),
    spellings: bodySpellings,
    answers: { 201: enveloped(channelTwice) },
    errors: ['server-not-found'],
  },
  'get-dm-channel': {
    method: 'GET',
    path: '/api/messaging/dm-channel',
    domain: 'messaging',
    about:
      'The DM of two participants, always the same one; it is created if missing. `participantIds` may name both, separated by a comma.',
    scope: 'chat',
    query: z
      .object({
        currentUserId: uuid.optional(),
        targetUserId: uuid.optional(),
        participantIds: idList.optional(),
        serverId: serverId.default(defaultServerId),
      })
      .superRefine(({ currentUserId, targetUserId, participantIds }, { addIssue }) => {
        const expect = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message });
        if (participantIds) {
          if (participantIds.length !== 2 || participantIds[0] === participantIds[1])
            expect('participantIds', 'expected the ids of two');
          return;
        }
        if (currentUserId === undefined) expect('currentUserId', 'expected a UUID (8-4-4-4-12 hex digits)');
        if (targetUserId === undefined) expect('targetUserId', 'expected a UUID (8-4-4-4-12 hex digits)');
        else if (currentUserId === targetUserId) expect('targetUserId', 'expected somebody else than currentUserId');
      }),
    spellings: {
      currentUserId: ['userId1'],
      targetUserId: ['userId2'],
      serverId: ['dmServerId', 'message_server_id', 'messageServerId'],
    },
    answers: { 200: enveloped(channelTwice) },
    errors: ['server-not-found', 'not-a-participant', 'too-many-participants'],
  },
  'get-channel': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/details',
    aliases: ['/api/messaging/channels/:channelId'],
    domain: 'messaging',
    about: 'A channel. `metadata` also contains its participants, as `participantCentralUserIds`.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params,
    answers: { 200: enveloped(channelView) },
    errors: ['channel-not-found'],
  },
  'get-central-channel': {
    method: 'GET',
    path: '/api/messaging/central-channels/:channelId',
    aliases: ['/api/messaging/central-channels/:channelId/details'],
    released: 'get-channel',
    domain: 'messaging',
    about: 'A channel with type text, voice, dm or group.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params,
    answers: { 200: enveloped(documentedChannel.extend({ channel: documentedChannel })) },
    errors: ['channel-not-found'],
  },
  'update-channel': {
    method: 'PATCH',
    path: '/api/messaging/channels/:channelId',
    aliases: ['/api/messaging/central-channels/:channelId'],
    domain: 'messaging',
    about:
      'Changes a channel, for a participant or the key holder, and notifies the room. Participants and metadata are replaced; omitted fields stay.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    body: z.object({
      name: roomName.optional(),
      topic: roomTopic.optional(),
      metadata: keptMetadata.optional(),
      participants: participantIds.optional(),
    }),
    spellings: { ...participantSpellings, topic: ['description'] },
    answers: { 200: enveloped(channelView) },
    errors: mayNot,
  },
  'delete-channel': {
    method: 'DELETE',
    path: '/api/messaging/channels/:channelId',
    domain: 'messaging',
    about: 'Deletes a channel and everything in it, for a participant or the key holder, and notifies the room.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    answers: { 204: 'none' },
    errors: mayNot,
  },
  'delete-central-channel': {
    method: 'DELETE',
    path: '/api/messaging/central-channels/:channelId',
    domain: 'messaging',
    about: 'The same, with status 200.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    answers: { 200: z.object({ success: z.literal(true) }) },
    errors: mayNot,
  },
  'clear-channel': {
    method: 'DELETE',
    path: '/api/messaging/channels/:channelId/messages',
    domain: 'messaging',
    about:
      'Deletes all messages of a channel and what agents learned from them, for a participant or the key holder. Notifies the room; `seq` continues.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    answers: { 204: 'none' },
    errors: mayNot,
  },
  'clear-central-channel': {
    method: 'DELETE',
    path: '/api/messaging/central-channels/:channelId/messages',
    domain: 'messaging',
    about: 'The same, with status 200 and the number of deleted messages.',
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    answers: { 200: deleted },
    errors: mayNot,
  },
  'delete-messages-of': {
    method: 'DELETE',
    path: '/api/messaging/central-channels/:channelId/messages/all',
    aliases: ['/api/messaging/channels/:channelId/messages/all'],
    domain: 'messaging',
    about: 'Deletes all messages of one sender in a channel. Anyone who may delete one of them may delete all.',
    scope: 'chat',
    room: { id: 'channelId', right: 'write' },
    params,
    query: z.object({ userId: uuid }),
    spellings: { userId: ['user_id', 'entityId'] },
    answers: { 200: deleted },
    errors: ['channel-not-found', 'not-the-sender'],
  },
  'generate-channel-title': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/generate-title',
    aliases: ['/api/messaging/central-channels/:channelId/generate-title'],
    domain: 'messaging',
    about:
      "Asks an agent's model for a title (at most 60 characters) once there are four messages; returns null and a reason otherwise.",
    scope: 'chat',
    room: { id: 'channelId', right: 'manage' },
    params,
    body: z.object({ agentId: uuid }),
    spellings: { agentId: ['agent_id'] },
    answers: {
      200: enveloped(
        z.object({ title: z.string().max(60).nullable(), channelId: uuid, reason: z.string().optional() }),
      ),
    },
    errors: [...mayNot, 'agent-not-found'],
  },
} as const satisfies Record<string, RestRow>;
