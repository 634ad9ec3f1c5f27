/** Sessions over HTTP, and what is said in them, which goes the way of every message of a channel. */
import type { sessionRows } from 'elizad-protocol/rest';
import type { ChatSession } from '../../../messaging/sessions/session-record.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { toIso } from '../../http/iso-time.ts';
import { sessionMessageHandlers } from './session-messages.ts';

export const sessionHandlers: RestHandlers<typeof sessionRows> = {
  ...sessionMessageHandlers,
  'create-session': async ({ chatSessions }, { principal, body }) => {
    const { timeoutConfig, ...wish } = body;
    return toCreated(await chatSessions.create(principal, { ...wish, timeouts: timeoutConfig }));
  },
  'list-sessions': async ({ chatSessions }, { principal, query }) => {
    const userId = principal.scopes.includes('moderate') ? undefined : principal.entityId;
    const [sessions, { open, ended }] = await Promise.all([
      chatSessions.list({ ...query, userId }),
      chatSessions.count(userId),
    ]);
    return {
      sessions: sessions.map(toInfo),
      total: open,
      stats: { totalSessions: open + ended, activeSessions: open, expiredSessions: ended },
      ...(sessions.length === query.limit && { nextCursor: sessions.at(-1)?.id }),
    };
  },
  'get-sessions-health': async ({ chatSessions, listUnready }) => {
    const [{ open, ending }, forsaken] = await Promise.all([chatSessions.count(), chatSessions.countForsaken()]);
    return {
      status: listUnready().length === 0 ? 'healthy' : 'degraded',
      activeSessions: open,
      timestamp: toIso(Date.now()),
      expiringSoon: ending,
      invalidSessions: forsaken,
      uptime: process.uptime(),
    };
  },
  'get-session': async ({ chatSessions }, { params }) => toInfo(await chatSessions.get(params.sessionId)),
  'end-session': async ({ chatSessions }, { params }) => {
    await chatSessions.end(params.sessionId);
    const message = 'Session ended successfully';
    return { success: true, data: { success: true, message }, message };
  },
  'renew-session': async ({ chatSessions }, { params }) => toInfo(await chatSessions.renew(params.sessionId)),
  'set-session-timeout': async ({ chatSessions }, { params, body }) =>
    toInfo(await chatSessions.setTimeouts(params.sessionId, body)),
  'keep-session': async ({ chatSessions }, { params }) => toInfo((await chatSessions.use(params.sessionId)).session),
};

const toCreated = (session: ChatSession) => ({
  sessionId: session.id,
  channelId: session.id,
  agentId: session.agentId,
  userId: session.userId,
  createdAt: toIso(session.createdAt),
  metadata: session.metadata,
  expiresAt: toIso(session.expiresAt),
  timeoutConfig: session.timeouts,
});

const toInfo = (session: ChatSession) => ({
  ...toCreated(session),
  lastActivity: toIso(session.lastActivity),
  renewalCount: session.renewalCount,
  timeRemaining: Math.max(0, session.expiresAt - Date.now()),
  isNearExpiration: session.isNearEnd,
});
