/**
 * What sockets missed while they were away. Many that come back at once (the server was restarted) share their reads: one
 * for who they are, one for the end of the log, however many they are.
 */
import { encodeEvent } from 'elizad-protocol';
import type { Answers } from '../messaging/answers.ts';
import { channelOf, toFrames, weighEntry } from '../messaging/log-frames.ts';
import { formatOffset, type Offset, parseOffset, type Told } from '../messaging/offset.ts';
import type { Logger } from '../observability/logger.ts';
import { createGroupCommit } from '../storage/group-commit.ts';
import { type LogEntry, listLogEntries } from '../storage/history.ts';
import { listRoomDeletions } from '../storage/room-changes.ts';
import { listSessions } from '../storage/sessions.ts';
import type { Database } from '../storage/sqlite.ts';
import type { GatewaySocket } from './socket-server.ts';

export type MissedDeps = {
  database: Database;
  told: Told;
  answers: Pick<Answers, 'list'>;
  logger: Pick<Logger, 'warn' | 'error'>;
  /** What a socket may have missed at most to be resumed, in bytes; beyond, it begins anew, and `join` with `since` fills in. */
  mostMissedBytes: number;
};

/** The same in entries of the log: they are read, and sent, at once. */
const mostMissed = 5_000;

/** The end of the log that all who come back together read at once; who was away for longer reads the rest alone. */
const sharedEntries = mostMissed;

/** Entries that are read at a time, and what each costs beside its text, in bytes. */
const page = 500;
const entryBytes = 700;

/** A socket that is back: who it is, and the packets that it missed. */
export type Returned = { sid: string; data: GatewaySocket['data']; missed: unknown[][] };

/** Somebody asks to come back; `take` is called in the same step up to which `missed` is whole, or never. */
type Request = { pid: string; offset: string; take: (returned: Returned) => void };

/** One who may come back, as far as was found out. */
type Candidate = Request & {
  sid: string;
  data: GatewaySocket['data'];
  from: Offset;
  entries: LogEntry[];
  /** Rooms that were deleted while it was away. */
  goneRooms: Set<string>;
  bytes: number;
  hasMissedTooMuch: boolean;
};

/** Resolves with what the socket of a `pid` missed after an offset, or nothing when it must begin anew. */
export type ReadMissed = (request: Request) => Promise<Returned | undefined>;

export function createMissedReader(deps: MissedDeps): ReadMissed {
  const { write } = createGroupCommit<Request, Returned | undefined>((requests) => readGroup(deps, requests));
  return (request) =>
    write(request).catch((error) => {
      // Socket.IO takes a failure for a client that is new, and says nothing.
      deps.logger.error({ err: error }, 'what a client missed could not be read: it begins anew');
      throw error;
    });
}

async function readGroup(deps: MissedDeps, requests: Request[]): Promise<(Returned | undefined)[]> {
  const { told } = deps;
  const candidates = await findCandidates(deps, requests);
  const all = [...candidates.values()];
  const shared = told.position - sharedEntries;
  for (const candidate of all) await readRange(deps, [candidate], candidate.from.position, shared);
  const first = Math.min(...all.map(({ from }) => from.position));
  // Until nothing more was told meanwhile; from then on nothing here waits.
  for (let after = Math.max(first, shared); after < told.position; ) {
    const upTo = told.position;
    await readRange(deps, all, after, upTo);
    after = upTo;
  }
  return requests.map((request) => {
    const candidate = candidates.get(request);
    return candidate && giveBack(deps, candidate);
  });
}

/** Hands the entries of a part of the log to those who missed them, page by page. */
async function readRange(deps: MissedDeps, all: Candidate[], from: number, upTo: number): Promise<void> {
  let after = from;
  for (;;) {
    const byRoom = new Map<string, Candidate[]>();
    for (const candidate of all) {
      if (candidate.hasMissedTooMuch) continue;
      for (const room of Object.keys(candidate.data.joined)) byRoom.set(room, [...(byRoom.get(room) ?? []), candidate]);
    }
    const range = { after, upTo, limit: page };
    const entries = await listLogEntries(deps.database.db, [...byRoom.keys()], range);
    for (const entry of entries)
      for (const candidate of byRoom.get(channelOf(entry)) ?? []) add(deps, candidate, entry);
    if (entries.length < page) return;
    after = entries.at(-1)?.position ?? upTo;
  }
}

/** Up to which place a socket has heard a room, or cannot have heard it because it was not in it. */
const heardUpTo = ({ from, data }: Pick<Candidate, 'from' | 'data'>, channelId: string): number =>
  Math.max(from.position, data.joined[channelId]?.after ?? 0);

function add({ mostMissedBytes }: MissedDeps, candidate: Candidate, entry: LogEntry): void {
  const channelId = channelOf(entry);
  if (entry.position <= heardUpTo(candidate, channelId) || candidate.hasMissedTooMuch) return;
  // What is said in a room that was made anew under that id is not for who was in the one before.
  if (candidate.goneRooms.has(channelId)) return;
  if ('room' in entry && entry.kind === 'deleted') candidate.goneRooms.add(channelId);
  candidate.entries.push(entry);
  candidate.bytes += entryBytes + weighEntry(entry);
  candidate.hasMissedTooMuch = candidate.bytes > mostMissedBytes || candidate.entries.length > mostMissed;
  if (candidate.hasMissedTooMuch) candidate.entries = [];
}

async function findCandidates(
  { database, told, logger }: MissedDeps,
  requests: Request[],
): Promise<Map<Request, Candidate>> {
  const rows = await listSessions(
    database.db,
    requests.map(({ pid }) => pid),
  );
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const candidates = new Map<Request, Candidate>();
  for (const request of requests) {
    const row = byPid.get(request.pid);
    const from = parseOffset(told, request.offset);
    if (!row || !from) {
      const why = row ? 'its offset is none that this server gave' : 'its session is not known';
      logger.warn({ offset: request.offset.slice(0, 40), toldUpTo: told.position }, `a client begins anew: ${why}`);
      continue;
    }
    const data = JSON.parse(row.data);
    const nothing = { entries: [], goneRooms: new Set<string>(), bytes: 0, hasMissedTooMuch: false };
    candidates.set(request, { ...request, sid: row.sid, data, from, ...nothing });
  }
  await leaveGoneRooms(database, [...candidates.values()]);
  return candidates;
}

/** A socket left with its room when it heard that it was deleted; that is written down nowhere else. */
async function leaveGoneRooms({ db }: Database, candidates: readonly Candidate[]): Promise<void> {
  const rooms = new Set(candidates.flatMap(({ data }) => Object.keys(data.joined)));
  const deletions = await listRoomDeletions(db, [...rooms]);
  for (const { data, from } of candidates)
    for (const [channelId, { after }] of Object.entries(data.joined)) {
      const isGone = deletions.get(channelId)?.some((position) => position > after && position <= from.position);
      if (isGone) delete data.joined[channelId];
    }
}

function giveBack({ told, answers, logger }: MissedDeps, candidate: Candidate): Returned | undefined {
  const { sid, data, from, entries, goneRooms, take, hasMissedTooMuch } = candidate;
  if (hasMissedTooMuch) {
    logger.warn({ since: from.position, toldUpTo: told.position }, 'a client begins anew: it missed too much');
    return undefined;
  }
  const pieces = answers.list(Object.keys(data.joined), from.mark);
  const missed = entries.flatMap((entry) => {
    return toPackets(entry, candidate, formatOffset(told, { ...entry, mark: from.mark }));
  });
  // It has heard of it by then, and is no longer in them.
  for (const channelId of goneRooms) delete data.joined[channelId];
  for (const { mark, chunk } of pieces) {
    const offset = formatOffset(told, { position: told.position, mark });
    missed.push(...encodeEvent('chunk-streamed', chunk).map((frame) => [...frame, offset]));
  }
  const returned = { sid, data, missed };
  take(returned);
  return returned;
}

/** The place comes with the last frame of an entry: who gets only some of them gets all of them again. */
function toPackets(entry: LogEntry, candidate: Candidate, offset: string): unknown[][] {
  const { joined } = candidate.data;
  const frames = toFrames(entry, heardUpTo(candidate, channelOf(entry)), (channelId) => joined[channelId]?.as);
  return frames.map((frame, index) => (index === frames.length - 1 ? [...frame, offset] : [...frame]));
}
