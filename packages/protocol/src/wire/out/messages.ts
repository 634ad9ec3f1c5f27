/** Messages, answers as they come, and how each ended. */
import { z } from 'zod';
import { defaultServerId, uuid } from '../../ids.ts';
import { type Outcome, outcomes, type TurnEnd } from '../events.ts';
import { type Posted, sampleMessage, showMessage, shownMessage } from './message.ts';
import {
  agentId,
  bothRooms,
  bothServers,
  channelId,
  type InChannel,
  inRoom,
  messageId,
  outRow,
  replyId,
} from './row.ts';

const turnEnd = z.strictObject({
  agentId: uuid,
  outcome: z.enum(outcomes),
  code: z.string().optional(),
  hint: z.string().optional(),
});

type Accepted = InChannel & { clientMessageId: string | null; messageId: string; seq: number };
type Chunk = InChannel & { messageId: string; chunk: string; index: number; agentId: string };
type Broken = InChannel & { messageId: string; agentId: string; error: string; partialText?: string };
type Completed = InChannel & { serverId: string; messageId: string; outcome: Outcome; turns: TurnEnd[] };

export const messageEvents = {
  'message-posted': outRow<Posted>()({
    sample: { message: sampleMessage, clientMessageId: 'm-1' },
    frames: {
      messageBroadcast: {
        schema: shownMessage,
        about:
          "A message of a person or an agent, including your own. All keys are always present except the last four: `clientMessageId` is on the sender's own copy, `replay` on a repeated message, `updatedAt` on a changed message that replaces the one with the same `id`, and `rawMessage` on an action of an agent (`source` is `agent_action`; its `actionStatus` goes from `executing` to `completed` or `failed`).",
        wrong: { change: { attachments: null }, path: 'attachments' },
      },
    },
    encode: (event) => [['messageBroadcast', showMessage(event)]],
  }),
  'message-accepted': outRow<Accepted>()({
    sample: { channelId, messageId, seq: 1, clientMessageId: 'm-1' },
    frames: {
      messageAck: {
        schema: z.strictObject({
          clientMessageId: z.string().nullable(),
          messageId: uuid,
          seq: z.int().min(1),
          status: z.literal('received_by_server_and_processing'),
          ...bothRooms,
        }),
        about: 'To the sender: the message is on disk.',
        wrong: { change: { seq: 0 }, path: 'seq' },
      },
    },
    encode: (event) => [['messageAck', { ...inRoom(event), status: 'received_by_server_and_processing' as const }]],
  }),
  'chunk-streamed': outRow<Chunk>()({
    sample: { channelId, agentId, messageId: replyId, chunk: 'In what ', index: 0 },
    frames: {
      messageStreamChunk: {
        schema: z.strictObject({
          messageId: uuid,
          chunk: z.string(),
          index: z.int().min(0),
          agentId: uuid,
          ...bothRooms,
        }),
        about:
          'A piece of an answer in progress; the final messageBroadcast has this `messageId` as its `id`. `index` 0 starts the text, and restarts it if the server was killed midway. A client that joins the room gets all text so far as `index` 0. `index` ascends; slow readers get several pieces as one and see gaps.',
        wrong: { change: { index: -1 }, path: 'index' },
      },
    },
    encode: (event) => [['messageStreamChunk', inRoom(event)]],
  }),
  'stream-failed': outRow<Broken>()({
    sample: { channelId, agentId, messageId: replyId, error: 'model-cut', partialText: 'In what' },
    frames: {
      messageStreamError: {
        schema: z.strictObject({
          messageId: uuid,
          ...bothRooms,
          agentId: uuid,
          error: z.string(),
          partialText: z.string().optional(),
        }),
        about: 'An answer broke off while streaming.',
        wrong: { change: { error: undefined }, path: 'error' },
      },
    },
    encode: (event) => [['messageStreamError', inRoom(event)]],
  }),
  'message-completed': outRow<Completed>()({
    sample: {
      channelId,
      serverId: defaultServerId,
      messageId,
      outcome: 'answered',
      turns: [{ agentId, outcome: 'answered' }],
    },
    frames: {
      messageComplete: {
        schema: z.strictObject({
          ...bothRooms,
          ...bothServers,
          messageId: uuid,
          outcome: z.enum(outcomes),
          turns: z.array(turnEnd),
        }),
        about:
          'Sent once for every accepted message of a person, after all events that it caused. `messageId` is the `id` of that message.',
        wrong: { change: { outcome: 'done' }, path: 'outcome' },
      },
    },
    encode: (event) => [['messageComplete', { ...inRoom(event), messageServerId: event.serverId }]],
  }),
  'message-deleted': outRow<InChannel & { messageId: string }>()({
    sample: { channelId, messageId },
    frames: {
      messageDeleted: {
        schema: z.strictObject({ messageId: uuid, ...bothRooms }),
        about:
          'A message was deleted; its `seq` is not reused. Clients that were away get this event instead of the message.',
        wrong: { change: { messageId: undefined }, path: 'messageId' },
      },
    },
    encode: (event) => [['messageDeleted', inRoom(event)]],
  }),
  'input-controlled': outRow<InChannel & { action: 'disable_input' | 'enable_input' }>()({
    sample: { channelId, action: 'disable_input' },
    frames: {
      controlMessage: {
        schema: z.strictObject({ action: z.enum(['disable_input', 'enable_input']), ...bothRooms }),
        about: 'Sent at the start and the end of a turn, so that a client can lock and unlock its input field.',
        wrong: { change: { action: 'enable' }, path: 'action' },
      },
    },
    encode: (event) => [['controlMessage', inRoom(event)]],
  }),
};
