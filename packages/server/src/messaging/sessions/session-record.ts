/** A session as the door shows it, made from its row. */
import type { JsonValue } from 'elizad-protocol';
import type { ChatSessionRow } from '../../storage/kept/chat-sessions.ts';
import { isNearEnd, type SessionTimeouts } from './timeouts.ts';

export type ChatSession = {
  id: string;
  agentId: string;
  userId: string;
  metadata: Record<string, JsonValue>;
  timeouts: SessionTimeouts;
  createdAt: number;
  lastActivity: number;
  expiresAt: number;
  renewalCount: number;
  isNearEnd: boolean;
};

/** What is asked of a new session. */
export type SessionWish = Pick<ChatSession, 'agentId' | 'userId' | 'metadata'> & {
  timeouts: { [K in keyof SessionTimeouts]?: SessionTimeouts[K] | undefined };
};

export function toSession(row: ChatSessionRow): ChatSession {
  const timeouts = JSON.parse(row.timeout_config) as SessionTimeouts;
  return {
    id: row.id,
    agentId: row.agent_id,
    userId: row.user_id,
    metadata: JSON.parse(row.metadata),
    timeouts,
    createdAt: row.created_at,
    lastActivity: row.last_activity,
    expiresAt: row.expires_at,
    renewalCount: row.renewal_count,
    isNearEnd: isNearEnd(timeouts, row.expires_at, Date.now()),
  };
}

/** Who speaks, where a client of the field says so in its metadata. */
export function nameIn({ username, name }: Record<string, unknown>): string | undefined {
  const given = [username, name].find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof given === 'string' ? given.trim().slice(0, 200) : undefined;
}
