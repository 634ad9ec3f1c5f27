/** Who asks to come back: which sockets they were, and in which of their rooms they still are. */
import type { MissedLog } from '../../messaging/asking/missed-log.ts';
import { type Offset, parseOffset, type Told } from '../../messaging/events/log-position.ts';
import type { SocketSessions } from '../../messaging/sessions/socket-sessions.ts';
import type { Logger } from '../../observability/logger.ts';
import { passStop } from '../../observability/walk.ts';
import type { GatewaySocket } from '../socket-data.ts';
import type { Missed, WeighedEntry } from '../transport/missed-pieces.ts';
import type { ResumeTicket } from './resume-ticket.ts';
import { readSession } from './socket-sessions.ts';

/**
 * A socket that is back: who it is, and what it missed, which can be gone through once; `bytes` is all of it. `release` is to
 * be called once when that is over.
 */
export type Returned = {
  sid: string;
  data: GatewaySocket['data'];
  missed: Iterable<Missed>;
  bytes: number;
  release(): void;
};

/** Somebody asks to come back; `take` is called in the same step up to which `missed` is whole, or never. */
export type Request = ResumeTicket & { offset: string; take: (returned: Returned) => void };

/** One who may come back, as far as was found out. */
export type Candidate = Request & {
  sid: string;
  data: GatewaySocket['data'];
  from: Offset;
  entries: WeighedEntry[];
  /** Rooms that were deleted while it was away, or that it was taken out of, with the place. */
  goneRooms: Map<string, number>;
  /** Rooms that it left by another socket, and as whom. */
  leftRooms: Map<string, string>;
  bytes: number;
  hasMissedTooMuch: boolean;
  /** It is read for again when those before it have been told. */
  isPostponed: boolean;
};

/** Those of them that are known, each with nothing that it missed yet. Says in the log why one is not. */
export async function findCandidates(
  deps: { sessions: SocketSessions; log: MissedLog; told: Told; logger: Pick<Logger, 'warn'> },
  requests: Request[],
): Promise<Map<Request, Candidate>> {
  const { sessions, told, logger } = deps;
  const rows = await sessions.list(requests.map(({ pid }) => pid));
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const candidates = new Map<Request, Candidate>();
  for (const request of requests) {
    const row = byPid.get(request.pid);
    const from = parseOffset(told, request.offset);
    const data = row && readSession(row);
    if (!row || !data || !from || isAnother(request, data)) {
      const known = data ? 'it comes as somebody else' : 'its session is not known';
      const why = data && !from ? 'its offset is none that this server gave' : known;
      logger.warn({ offset: request.offset.slice(0, 40), toldUpTo: told.position }, `a client cannot resume: ${why}`);
      continue;
    }
    passStop('gateway/returning', row.sid);
    const nothing = { entries: [], bytes: 0, hasMissedTooMuch: false, isPostponed: false };
    const rooms = { goneRooms: new Map<string, number>(), leftRooms: new Map<string, string>() };
    candidates.set(request, { ...request, sid: row.sid, data, from, ...nothing, ...rooms });
  }
  await leaveGoneRooms(deps.log, [...candidates.values()]);
  return candidates;
}

/** Whoever names nobody is who it was. Whoever names somebody else is that one, and was not here before. */
const isAnother = ({ entityId }: Request, { principal }: GatewaySocket['data']): boolean =>
  entityId !== undefined && entityId !== principal.entityId;

/**
 * Rooms that a socket does not come back to: it heard that they were deleted, or that it was taken out of them; or whoever
 * it is there takes no part any more. What happened to it while it was away, the log tells.
 */
async function leaveGoneRooms(log: MissedLog, candidates: readonly Candidate[]): Promise<void> {
  const parts = candidates.flatMap((candidate) =>
    Object.entries(candidate.data.joined).map(([channelId, part]) => ({ candidate, channelId, ...part })),
  );
  const standings = await log.findStandings(parts);
  for (const [index, { candidate, channelId, as }] of parts.entries()) {
    const { data, from, leftRooms } = candidate;
    const standing = standings[index];
    if (standing === 'has-left') leftRooms.set(channelId, as);
    const isOver = typeof standing === 'object' && standing.endedAt <= from.position;
    if (isOver || standing === 'has-left') leaveRoom(data, channelId);
  }
}

/** A socket that comes back hears neither a room any more, nor the log of the agents that it had joined it with. */
export function leaveRoom({ joined, listening }: GatewaySocket['data'], channelId: string): void {
  delete joined[channelId];
  delete listening?.agents[channelId];
}
