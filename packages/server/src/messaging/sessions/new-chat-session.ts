/** A new session: who may have one, how long it lasts, and its room. */
import { ElizadError } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { type ChatSessionRow, hasOpenChatSessions, insertChatSession } from '../../storage/kept/chat-sessions.ts';
import { createId } from '../../storage/schema/ids.ts';
import type { Messaging } from '../ground/context.ts';
import { nameIn, type SessionWish } from './session-record.ts';
import { chooseTimeouts, reckonEnd, type SessionLimits } from './timeouts.ts';

export type NewSessionDeps = {
  messaging: Messaging;
  limits: SessionLimits;
  settingsOf(agentId: string): Readonly<Record<string, unknown>> | undefined;
};

/** Open ones, at most. */
const mostSessions = 100_000;

export async function createChatSession(
  { messaging, limits, settingsOf }: NewSessionDeps,
  principal: Principal,
  { agentId, userId, metadata, timeouts: asked }: SessionWish,
): Promise<ChatSessionRow> {
  const { db } = messaging.database;
  assertScope(principal, 'chat');
  const agent = messaging.agents.find(agentId);
  if (!agent) throw new ElizadError('agent-not-found');
  chooseSpeaker(principal, userId, messaging.agents);
  const now = Date.now();
  if (await hasOpenChatSessions(db, now, mostSessions)) throw new ElizadError('too-many-sessions');
  const timeouts = chooseTimeouts(asked, settingsOf(agentId) ?? {}, limits);
  const { expires_at, warn_at } = reckonEnd(timeouts, now, now);
  const id = createId();
  const both = [
    { id: userId, kind: 'user' as const, name: nameIn(metadata) ?? principal.name ?? null },
    { id: agentId, kind: 'agent' as const, name: agent.name },
  ];
  await messaging.channels.ensure(id, both, { isDm: true });
  const row = {
    id,
    agent_id: agentId,
    user_id: userId,
    metadata: JSON.stringify(metadata),
    timeout_config: JSON.stringify(timeouts),
    created_at: now,
    last_activity: now,
    expires_at,
    warn_at,
  };
  await insertChatSession(db, row);
  return { ...row, renewal_count: 0, ended_at: null };
}
