/**
 * What sockets missed while they were away. Many that come back at once (the server was restarted) share their reads: one
 * for who they are, one for the end of the log, however many they are.
 */
import { encodeEvent, type Frame } from 'elizad-protocol';
import type { Answers } from '../messaging/answers.ts';
import { channelOf, isRemovalOf, toFrames, weighEntry } from '../messaging/log-frames.ts';
import { formatOffset, type Offset, parseOffset, type Told } from '../messaging/offset.ts';
import { isTurnOver, nextTurn, takeTurn } from '../messaging/take-turn.ts';
import type { Logger } from '../observability/logger.ts';
import { listMembers } from '../storage/channels.ts';
import { createGroupCommit, heaviestGroup } from '../storage/group-commit.ts';
import { type LogEntry, listLogEntries } from '../storage/history.ts';
import { listEditedAfter, listFirstRemovals } from '../storage/removals.ts';
import { listRoomDeletions } from '../storage/room-changes.ts';
import { countSessionRooms, listSessions } from '../storage/sessions.ts';
import type { Database } from '../storage/sqlite.ts';
import { createPieces, type Missed, type WeighedEntry } from './missed-pieces.ts';
import { toOffsetFrame } from './offset-packet.ts';
import type { ResumeTicket } from './resume-ticket.ts';
import { readSession } from './sessions.ts';
import type { SocketData } from './socket-data.ts';
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

/** A socket that is back: who it is, and what it missed, which can be gone through once; `bytes` is all of it. */
export type Returned = { sid: string; data: GatewaySocket['data']; missed: Iterable<Missed>; bytes: number };

/** Somebody asks to come back; `take` is called in the same step up to which `missed` is whole, or never. */
type Request = ResumeTicket & { offset: string; take: (returned: Returned) => void };

/** So many rooms are come back to in one go: of few sockets, where each is in many. */
const mostRooms = 2_000;

/** One who may come back, as far as was found out. */
type Candidate = Request & {
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
};

/** Resolves with what the socket of a `pid` missed after an offset, or nothing when it must begin anew. */
export type ReadMissed = (request: Request) => Promise<Returned | undefined>;

export function createMissedReader(deps: MissedDeps): ReadMissed {
  const counts = createGroupCommit((pids: string[]) => countSessionRooms(deps.database.db, pids));
  const { write } = createGroupCommit<Request & { rooms: number }, Returned | undefined>(
    (requests) => readGroup(deps, requests),
    ({ rooms }) => (rooms * heaviestGroup) / mostRooms,
  );
  return async (request) => {
    try {
      return await write({ ...request, rooms: await counts.write(request.pid) });
    } catch (error) {
      // Socket.IO takes a failure for a client that is new, and says nothing.
      deps.logger.error({ err: error }, 'what a client missed could not be read: it begins anew');
      throw error;
    }
  };
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
    await leaveOutLater(deps, all);
    after = upTo;
  }
  const listPieces = createPieces();
  return requests.map((request) => {
    const candidate = candidates.get(request);
    return candidate && giveBack(deps, candidate, listPieces);
  });
}

/** Hands the entries of a part of the log to those who missed them, page by page. */
async function readRange(deps: MissedDeps, all: Candidate[], from: number, upTo: number): Promise<void> {
  let after = from;
  for (;;) {
    const byRoom = new Map<string, Candidate[]>();
    for (const candidate of all) {
      if (candidate.hasMissedTooMuch) continue;
      for (const room of Object.keys(candidate.data.joined)) {
        const inRoom = byRoom.get(room);
        if (inRoom) inRoom.push(candidate);
        else byRoom.set(room, [candidate]);
      }
    }
    const range = { after, upTo, limit: page };
    const { entries, readUpTo } = await listLogEntries(deps.database.db, [...byRoom.keys()], range);
    for (const entry of entries) {
      const weighed = { entry, bytes: entryBytes + weighEntry(entry) };
      for (const candidate of byRoom.get(channelOf(entry)) ?? []) add(deps, candidate, weighed);
      // However few entries there are, they may be for very many.
      if (isTurnOver()) await nextTurn();
    }
    if (readUpTo >= upTo) return;
    after = readUpTo;
    // Megabytes may lie beside the words of few entries.
    await takeTurn();
  }
}

/** Up to which place a socket has heard a room, or cannot have heard it because it was not in it. */
const heardUpTo = (from: Offset, joined: SocketData['joined'], channelId: string): number =>
  Math.max(from.position, joined[channelId]?.after ?? 0);

function add({ mostMissedBytes }: MissedDeps, candidate: Candidate, weighed: WeighedEntry): void {
  const { entry, bytes } = weighed;
  const channelId = channelOf(entry);
  if (entry.position <= heardUpTo(candidate.from, candidate.data.joined, channelId) || candidate.hasMissedTooMuch)
    return;
  // What is said in a room that was made anew under that id is not for who was in the one before.
  if (candidate.goneRooms.has(channelId)) return;
  const isRemoval = isRemovalOf(entry, candidate.data.joined[channelId]?.as);
  if ('removedFrom' in entry && !isRemoval) return;
  if (isRemoval || ('room' in entry && entry.kind === 'deleted')) candidate.goneRooms.set(channelId, entry.position);
  candidate.entries.push(weighed);
  candidate.bytes += bytes;
  candidate.hasMissedTooMuch = candidate.bytes > mostMissedBytes || candidate.entries.length > mostMissed;
  if (candidate.hasMissedTooMuch) candidate.entries = [];
}

/** A message is read as it is now: what it says since somebody was taken out is not for them. */
async function leaveOutLater({ database }: MissedDeps, all: readonly Candidate[]): Promise<void> {
  for (const candidate of all)
    for (const [channelId, position] of candidate.goneRooms) {
      const edited = await listEditedAfter(database.db, channelId, position);
      if (edited.size === 0) continue;
      candidate.entries = candidate.entries.filter(
        ({ entry }) => !('message' in entry && !entry.completed && edited.has(entry.message.id)),
      );
    }
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
    const data = row && readSession(row);
    if (!row || !data || !from || isAnother(request, data)) {
      const known = data ? 'it comes as somebody else' : 'its session is not known';
      const why = data && !from ? 'its offset is none that this server gave' : known;
      logger.warn({ offset: request.offset.slice(0, 40), toldUpTo: told.position }, `a client begins anew: ${why}`);
      continue;
    }
    const nothing = { entries: [], bytes: 0, hasMissedTooMuch: false };
    const rooms = { goneRooms: new Map<string, number>(), leftRooms: new Map<string, string>() };
    candidates.set(request, { ...request, sid: row.sid, data, from, ...nothing, ...rooms });
  }
  await leaveGoneRooms(database, [...candidates.values()]);
  return candidates;
}

/** Whoever names nobody is who it was. Whoever names somebody else is that one, and was not here before. */
const isAnother = ({ entityId }: Request, { principal }: GatewaySocket['data']): boolean =>
  entityId !== undefined && entityId !== principal.entityId;

/**
 * Rooms that a socket does not come back to: it heard that they were deleted, or that it was taken out of them; or whoever
 * it is there takes no part any more. What happened to it while it was away, the log tells.
 */
async function leaveGoneRooms({ db }: Database, candidates: readonly Candidate[]): Promise<void> {
  const parts = candidates.flatMap((candidate) =>
    Object.entries(candidate.data.joined).map(([channelId, part]) => ({ candidate, channelId, ...part })),
  );
  const rooms = [...new Set(parts.map(({ channelId }) => channelId))];
  // First: whoever is taken out between these reads is still told by the log.
  const members = await listMembers(
    db,
    parts.map(({ channelId, as }) => [channelId, as]),
  );
  const deletions = await listRoomDeletions(db, rooms);
  const removals = await listFirstRemovals(
    db,
    parts.map(({ channelId, as, after }) => [channelId, as, after]),
  );
  for (const [index, { candidate, channelId, as, after }] of parts.entries()) {
    const { data, from, leftRooms } = candidate;
    const deletion = deletions.get(channelId)?.find((position) => position > after);
    const end = Math.min(deletion ?? Infinity, removals[index] ?? Infinity);
    if (end <= from.position) delete data.joined[channelId];
    else if (end === Infinity && !members.has(`${channelId} ${as}`)) {
      delete data.joined[channelId];
      leftRooms.set(channelId, as);
    }
  }
}

function giveBack(
  { told, answers, logger }: MissedDeps,
  candidate: Candidate,
  listPieces: ReturnType<typeof createPieces>,
): Returned | undefined {
  const { sid, data, from, entries, goneRooms, leftRooms, take, hasMissedTooMuch } = candidate;
  if (hasMissedTooMuch) {
    logger.warn({ since: from.position, toldUpTo: told.position }, 'a client begins anew: it missed too much');
    return undefined;
  }
  // As whom it was in them: frames are made when they are sent.
  const joined = { ...data.joined };
  // It will have heard of it by then, and is no longer in them.
  for (const channelId of goneRooms.keys()) delete data.joined[channelId];
  const pieces = answers.list(Object.keys(data.joined), from.mark).map(({ mark, chunk }): Missed => {
    const offset = formatOffset(told, { position: told.position, mark });
    return { packets: [...encodeEvent('chunk-streamed', chunk), toOffsetFrame(offset)], bytes: chunk.chunk.length };
  });
  const left = [...leftRooms].map(([channelId, entityId]): Missed => {
    return { packets: encodeEvent('participant-left', { channelId, entityId }), bytes: 0 };
  });
  function* listMissed(): Generator<Missed> {
    yield* left;
    yield* listPieces({
      entries,
      mark: from.mark,
      isShared: (entry) => isForAll(entry, joined),
      toPackets: (entry) => [
        ...listFrames(entry, from, joined),
        toOffsetFrame(formatOffset(told, { ...entry, mark: from.mark })),
      ],
    });
    yield* pieces;
  }
  const returned = { sid, data, missed: listMissed(), bytes: candidate.bytes };
  take(returned);
  return returned;
}

/** An own message comes with the id that its sender gave it; what became of a room depends on what was heard of it before. */
function isForAll(entry: LogEntry, joined: SocketData['joined']): boolean {
  if (!('message' in entry)) return false;
  const { message, clientMessageId, completed } = entry;
  return completed !== undefined || clientMessageId === null || joined[message.channelId]?.as !== message.senderId;
}

function listFrames(entry: LogEntry, from: Offset, joined: SocketData['joined']): readonly Frame[] {
  return toFrames(entry, heardUpTo(from, joined, channelOf(entry)), (channelId) => joined[channelId]?.as);
}
