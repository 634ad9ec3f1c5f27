/** A message on the wire, and the frame that shows it. */
import { z } from 'zod';
import { defaultServerId, uuid } from '../../ids.ts';
import { attachment } from '../attachments.ts';
import type { Message } from '../events.ts';
import { at, bothRooms, bothServers, channelId, json, messageId, ms, userId } from './row.ts';

export const shownMessage = z.strictObject({
  id: uuid,
  senderId: uuid,
  senderName: z.string(),
  text: z.string(),
  ...bothRooms,
  ...bothServers,
  createdAt: ms,
  source: z.string(),
  thought: z.string().nullable(),
  actions: z.array(z.string()),
  attachments: z.array(attachment),
  metadata: json,
  seq: z.int().min(1),
  inReplyTo: uuid.nullable(),
  clientMessageId: z.string().optional(),
  replay: z.literal(true).optional(),
  updatedAt: ms.optional(),
  rawMessage: json.optional(),
});

export type Posted = { message: Message; clientMessageId?: string; replay?: true };

export function showMessage({ message: m, clientMessageId, replay }: Posted): z.input<typeof shownMessage> {
  return {
    id: m.id,
    senderId: m.senderId,
    senderName: m.senderName,
    text: m.text,
    roomId: m.channelId,
    channelId: m.channelId,
    serverId: m.serverId,
    messageServerId: m.serverId,
    createdAt: m.createdAt,
    source: m.source,
    thought: m.thought,
    actions: m.actions,
    attachments: m.attachments,
    metadata: m.metadata,
    seq: m.seq,
    inReplyTo: m.inReplyTo,
    ...(clientMessageId !== undefined && { clientMessageId }),
    ...(replay && { replay }),
    ...(m.updatedAt !== undefined && { updatedAt: m.updatedAt }),
    ...(m.source === 'agent_action' && { rawMessage: showCard(m) }),
  };
}

/** What a card of an action is drawn from: what came with it, and what it says now. */
const showCard = ({ rawMessage, metadata, text, actions, source }: Message): Record<string, unknown> => ({
  ...metadata,
  ...(typeof rawMessage === 'object' && !Array.isArray(rawMessage) && rawMessage),
  text,
  actions,
  source,
});

export const sampleMessage: Message = {
  id: messageId,
  channelId,
  serverId: defaultServerId,
  seq: 1,
  senderId: userId,
  senderName: 'Ada',
  text: 'Men are all alike.',
  createdAt: at,
  source: 'socketio_client',
  thought: null,
  actions: [],
  attachments: [],
  metadata: {},
  inReplyTo: null,
};
