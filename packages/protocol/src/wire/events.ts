/**
 * What the server says, in our own words: one type for each event. wire-out.ts turns each into the frames that clients know.
 */
import type { ErrorDetails } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import type { Limits } from '../limits.ts';
import type { Attachment } from './intents.ts';
import type { WireRecord } from './wire-watch.ts';

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

type InChannel = { channelId: string };

export type ServerEvents = {
  welcome: {
    entityId: string;
    socketId: string;
    timestamp: number;
    limits: Limits;
    version: string;
    /** Whether the client is back where it was, with everything it missed. */
    resumed: boolean;
  };
  'channel-joined': InChannel & { message: string; agentId?: string };
  'channel-left': InChannel & { message: string; agentId?: string };
  'message-posted': { message: Message; clientMessageId?: string; replay?: true };
  'message-accepted': InChannel & { clientMessageId: string | null; messageId: string; seq: number };
  'chunk-streamed': InChannel & { messageId: string; chunk: string; index: number; agentId: string };
  'stream-failed': InChannel & { messageId: string; agentId: string; error: string; partialText?: string };
  'message-deleted': InChannel & { messageId: string };
  'channel-cleared': InChannel;
  'channel-deleted': InChannel;
  'channel-updated': InChannel & { updates: ChannelUpdate };
  'message-completed': InChannel & { serverId: string; messageId: string; outcome: Outcome; turns: TurnEnd[] };
  'input-controlled': InChannel & { action: 'disable_input' | 'enable_input' };
  /** `sessionId` is the id of its channel too; times are ISO text. */
  'session-warned': InChannel & { sessionId: string; minutesRemaining: number; expiresAt: string };
  'session-ended': InChannel & { sessionId: string; expiredAt: string };
  'session-renewed': InChannel & { sessionId: string; expiresAt: string; renewalCount: number };
  'world-state': {
    serverId: string;
    channelId?: string;
    seq: number;
    timestamp: number;
    agents: AgentView[];
    users: UserView[];
    channels: ChannelView[];
    messages: Message[];
  };
  logged: LogLine;
  'logged-many': { entries: LogLine[] };
  'log-subscription': { subscribed: boolean };
  'log-filters': { filters?: { agentName: string; level: string | number }; error?: string };
  /** `dropped`: how many events of the sockets it watches are left out since the last one. */
  'wire-watched': { events: WireRecord[]; dropped: number };
  'participant-joined': InChannel & { entityId: string };
  /** `wasTakenOut`: by somebody else. What is said after it is not for them. */
  'participant-left': InChannel & { entityId: string; wasTakenOut?: true };
  typing: InChannel & { entityId: string; isTyping: boolean };
  failed: { error: string; details: ErrorDetails };
};

export type ServerEventName = keyof ServerEvents;
