/**
 * Sessions: conversations of one user with one agent that end when nobody uses them. Each is a DM of both, under the id
 * of the session: what is said in it goes the way of every message, and stays when the session has ended.
 */
import { ElizadError } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import { createAlarm } from '../../pacing/next-timer.ts';
import {
  changeChatSession,
  countChatSessions,
  countSessionsByAgent,
  deleteChatSession,
  deleteChatSessions,
  findChatSession,
  findNextMoment,
  forgetChatSessions,
  listOpenChatSessions,
  listOpenSessionUsers,
  type SessionChange,
  takeEnded,
  takeWarnings,
} from '../../storage/kept/chat-sessions.ts';
import type { Messaging } from '../ground/context.ts';
import { createChatSession, type NewSessionDeps } from './new-chat-session.ts';
import { watchRooms } from './session-activity.ts';
import { type ChatSession, type SessionWish, toSession } from './session-record.ts';
import { changeTimeouts, reckonEnd } from './timeouts.ts';

/** Everything that names a session throws `session-not-found`, or `session-expired` where it has ended. */
export type ChatSessions = {
  /** Throws `agent-not-found`, `speaking-as-agent`, `reserved-voice`, `too-many-sessions`. */
  create(principal: Principal, wish: SessionWish): Promise<ChatSession>;
  get(id: string): Promise<ChatSession>;
  /** Open sessions, of one user or of all, newest first; those made before another one. */
  list(page: { userId?: string | undefined; before?: string | undefined; limit: number }): Promise<ChatSession[]>;
  /** `ended`: known, but over. `ending`: open, and warned. Of one user, or of all. */
  count(userId?: string): Promise<{ open: number; ended: number; ending: number }>;
  /** How many are open whose agent was deleted: nobody answers there. */
  countForsaken(): Promise<number>;
  /** It was used: it lasts longer where it renews itself, and can. */
  use(id: string): Promise<{ session: ChatSession; wasRenewed: boolean }>;
  /** Throws `session-not-renewable`. */
  renew(id: string): Promise<ChatSession>;
  /** Counted from now. Throws `invalid-payload`. */
  setTimeouts(id: string, asked: SessionWish['timeouts']): Promise<ChatSession>;
  /** Ends it, whether its time is over or not; its channel stays. */
  end(id: string): Promise<void>;
  /** With `isClearing` no session is left. */
  stop(isClearing: boolean): Promise<void>;
};

export type ChatSessionsDeps = NewSessionDeps & {
  /** How long it is known of a session that it has ended, in ms. */
  keptMs: number;
  onError(error: unknown): void;
};

/** Sessions that are looked at in one go. */
const page = 100;

/** How long after the start rooms are told of what ended meanwhile, in ms: by then clients are back. */
const settlingMs = 3_000;

export function openChatSessions(deps: ChatSessionsDeps): ChatSessions {
  const { messaging, limits, keptMs, onError } = deps;
  const { db } = messaging.database;
  let isWatching = false;
  const rooms = watchRooms(messaging.feed, (id) => {
    use(id).catch((error) => {
      // That it has ended meanwhile is no harm.
      if (!(error instanceof ElizadError)) onError(error);
    });
  });
  const alarm = createAlarm(async () => {
    if (!isWatching) for (const { id, user_id } of await listOpenSessionUsers(db)) rooms.watch(id, user_id);
    isWatching = true;
    return look(messaging, keptMs, rooms.unwatch);
  }, onError);
  alarm.setFor(Date.now() + settlingMs);

  async function find(id: string): Promise<ChatSession> {
    const row = await findChatSession(db, id);
    if (!row) throw new ElizadError('session-not-found');
    if (row.ended_at !== null || row.expires_at <= Date.now()) throw new ElizadError('session-expired');
    return toSession(row);
  }

  async function change(id: string, edit: SessionChange, isRenewal: boolean): Promise<ChatSession> {
    const row = await changeChatSession(db, id, edit, isRenewal);
    // It ended, or was ended, in between.
    if (!row) return find(id);
    alarm.setFor(Math.min(row.expires_at, row.warn_at ?? row.expires_at));
    const session = toSession(row);
    if (isRenewal) tellRenewal(messaging, session);
    return session;
  }

  async function use(id: string) {
    const { timeouts, createdAt, expiresAt } = await find(id);
    const now = Date.now();
    const { isLast, ...end } = reckonEnd(timeouts, createdAt, now);
    const wasRenewed = timeouts.autoRenew && end.expires_at > expiresAt;
    const session = await change(id, { last_activity: now, ...(wasRenewed && end) }, wasRenewed);
    return { session, wasRenewed };
  }

  return {
    get: find,
    async create(principal, wish) {
      const row = await createChatSession(deps, principal, wish);
      rooms.watch(row.id, row.user_id);
      alarm.setFor(row.warn_at ?? row.expires_at);
      return toSession(row);
    },
    async list(page) {
      return (await listOpenChatSessions(db, { now: Date.now(), ...page })).map(toSession);
    },
    async count(userId) {
      const { known, open, ending } = await countChatSessions(db, Date.now(), userId);
      return { open, ended: known - open, ending };
    },
    async countForsaken() {
      const all = await countSessionsByAgent(db, Date.now());
      return all.reduce((sum, { agent_id, open }) => sum + (messaging.agents.find(agent_id) ? 0 : open), 0);
    },
    use,
    async renew(id) {
      const { timeouts, createdAt, expiresAt } = await find(id);
      const now = Date.now();
      const { isLast, ...end } = reckonEnd(timeouts, createdAt, now);
      if (isLast && end.expires_at <= expiresAt) throw new ElizadError('session-not-renewable');
      return change(id, { last_activity: now, ...end }, true);
    },
    async setTimeouts(id, asked) {
      const { timeouts: current, createdAt } = await find(id);
      const timeouts = changeTimeouts(current, asked, limits);
      const now = Date.now();
      const { isLast, ...end } = reckonEnd(timeouts, createdAt, now);
      return change(id, { last_activity: now, timeout_config: JSON.stringify(timeouts), ...end }, false);
    },
    async end(id) {
      rooms.unwatch(id);
      if (!(await deleteChatSession(db, id))) throw new ElizadError('session-not-found');
    },
    async stop(isClearing) {
      rooms.close();
      await alarm.stop();
      if (isClearing) await deleteChatSessions(db);
    },
  };
}

/** Ends and warns whose time it is, and tells their rooms; resolves with the next such moment. */
async function look(messaging: Messaging, keptMs: number, onEnd: (id: string) => void): Promise<number | undefined> {
  const { database, broadcast } = messaging;
  const { db } = database;
  for (let full = true; full; ) {
    const ended = await takeEnded(db, Date.now(), page);
    for (const { id, expires_at } of ended) {
      onEnd(id);
      broadcast(
        'session-ended',
        { channelId: id, sessionId: id, expiredAt: new Date(expires_at).toISOString() },
        { channelId: id },
      );
    }
    const warned = await takeWarnings(db, Date.now(), page);
    for (const { id, expires_at } of warned) {
      const minutesRemaining = Math.max(0, Math.ceil((expires_at - Date.now()) / 60_000));
      const warning = { channelId: id, sessionId: id, minutesRemaining, expiresAt: new Date(expires_at).toISOString() };
      broadcast('session-warned', warning, { channelId: id });
    }
    full = ended.length === page || warned.length === page;
  }
  await forgetChatSessions(db, Date.now() - keptMs);
  return findNextMoment(db, keptMs);
}

function tellRenewal({ broadcast }: Messaging, { id, expiresAt, renewalCount }: ChatSession): void {
  const renewed = { channelId: id, sessionId: id, expiresAt: new Date(expiresAt).toISOString(), renewalCount };
  broadcast('session-renewed', renewed, { channelId: id });
}
