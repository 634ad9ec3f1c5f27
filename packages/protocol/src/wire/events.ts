/** What events of the server are about: messages, agents, people, rooms. The events themselves are in wire-out.ts. */
import type { JsonValue } from '../json.ts';
import type { Attachment } from './attachments.ts';

/** A message as it is kept and shown. `seq` counts 1, 2, 3… in its channel; times are ms since the epoch. */
export type Message = {
  id: string;
  channelId: string;
  serverId: string;
  seq: number;
  senderId: string;
  senderName: string;
  text: string;
  createdAt: number;
  source: string;
  thought: string | null;
  actions: string[];
  attachments: Attachment[];
  metadata: Record<string, unknown>;
  inReplyTo: string | null;
  /** When it was changed, of one that was. */
  updatedAt?: number;
  /** What came with it from outside, as it came, where something did. */
  rawMessage?: JsonValue;
};

/** How a turn, and with it the message that caused it, ended. */
export const outcomes = ['answered', 'ignored', 'no-agent', 'failed', 'cancelled', 'timed-out', 'superseded'] as const;
export type Outcome = (typeof outcomes)[number];

export type TurnEnd = { agentId: string; outcome: Outcome; code?: string; hint?: string };

export type AgentView = {
  id: string;
  name: string;
  status: 'active' | 'inactive';
  bio: string[];
  model: string | null;
  /** Its MCP servers and the plugins, and whether their tools are there; left out where it has none. */
  tools?: { name: string; state: 'ready' | 'starting' | 'failed' }[];
};
export type UserView = { id: string; name: string };
export type ChannelView = {
  id: string;
  serverId: string;
  name: string;
  type: 'DM' | 'GROUP';
  seq: number;
  createdAt: number;
  participants: string[];
  participantCount: number;
};
export type LogLine = { level: number; time: number; msg: string; agentId?: string; agentName?: string };

/** What of a channel may change, as it is now. `type` is what whoever made it called it. */
export type ChannelUpdate = {
  name: string;
  type: string;
  topic: string | null;
  metadata: Record<string, unknown>;
  participants: string[];
  updatedAt: number;
};
