/**
 * What sockets missed while they were away. Many that come back at once (the server was restarted) share their reads: one
 * for who they are, one for the end of the log, however many they are.
 */
import { encodeEvent, type Frame } from 'elizad-protocol';
import type { LogEntry, MissedLog } from '../../messaging/asking/missed-log.ts';
import type { Answers } from '../../messaging/events/answers.ts';
import { isRemovalOf, isShared, toEvents, weighEntry } from '../../messaging/events/entry-events.ts';
import { formatOffset, type Offset, type Told } from '../../messaging/events/log-position.ts';
import type { SocketSessions } from '../../messaging/sessions/socket-sessions.ts';
import type { Logger } from '../../observability/logger.ts';
import { passStop } from '../../observability/walk.ts';
import { createBatcher, heaviestGroup } from '../../pacing/batcher.ts';
import { isTurnOver, nextTurn, takeTurn } from '../../pacing/take-turn.ts';
import type { SocketData } from '../socket-data.ts';
import { createPieces, type Missed, type WeighedEntry } from '../transport/missed-pieces.ts';
import { toOffsetFrame } from '../transport/offset-packet.ts';
import { createReturnRoom, type ReturnRoom } from './return-room.ts';
import { type Candidate, findCandidates, leaveRoom, type Request, type Returned } from './returning.ts';

export type MissedDeps = {
  sessions: SocketSessions;
  log: MissedLog;
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

/** So many sockets that missed as much as they may are told it at one time; what they share counts once. */
const groups = 2;

/** Entries that are read at a time, and what each costs beside its text, in bytes. */
const page = 500;
const entryBytes = 700;

/** So many rooms are come back to in one go: of few sockets, where each is in many. */
const mostRooms = 2_000;

/** So long those who come back are gathered, in ms: each turn of the event loop accepts one connection. */
const gatherMs = 20;

/** Those who are read for together, and what of it is held, in bytes: an entry that several missed counts once. */
type Group = { readonly all: Candidate[]; held: number };

/** Resolves with what the socket of a `pid` missed after an offset, or nothing when it must begin anew. */
export type ReadMissed = (request: Request) => Promise<Returned | undefined>;

export function createMissedReader(deps: MissedDeps): ReadMissed {
  const room = createReturnRoom(groups * deps.mostMissedBytes);
  const counts = createBatcher(
    (pids: string[]) => deps.sessions.countRooms(pids),
    () => 0,
    gatherMs,
  );
  const { write } = createBatcher<Request & { rooms: number }, Returned | 'later' | undefined>(
    (requests) => readGroup(deps, room, requests),
    ({ rooms }) => (rooms * heaviestGroup) / mostRooms,
  );
  return async (request) => {
    passStop('gateway/missed');
    try {
      for (const rooms = await counts.write(request.pid); ; ) {
        const returned = await write({ ...request, rooms });
        if (returned !== 'later') return returned;
      }
    } catch (error) {
      // Socket.IO takes a failure for a client that is new, and says nothing.
      deps.logger.error({ err: error }, 'missed events could not be read: the client starts fresh');
      throw error;
    }
  };
}

async function readGroup(
  deps: MissedDeps,
  room: ReturnRoom,
  requests: Request[],
): Promise<(Returned | 'later' | undefined)[]> {
  const { told } = deps;
  await room.wait();
  const candidates = await findCandidates(deps, requests);
  const all = [...candidates.values()];
  const group = { all, held: 0 };
  const read = async (readers: Candidate[], after: number, upTo: number) =>
    readRange(deps, { room, group, readers }, after, upTo);
  const shared = told.position - sharedEntries;
  // One that waits for later is not in the list any more.
  for (let n = 0; n < all.length; n++) {
    const candidate = all[n] as Candidate;
    await read([candidate], candidate.from.position, shared);
  }
  const first = Math.min(...all.map(({ from }) => from.position));
  // Until nothing more was told meanwhile; from then on nothing here waits.
  for (let after = Math.max(first, shared); after < told.position; ) {
    const upTo = told.position;
    await read(all, after, upTo);
    await leaveOutLater(deps, all);
    after = upTo;
  }
  const listPieces = createPieces();
  const release = room.take(group.held, all.length);
  return requests.map((request) => {
    const candidate = candidates.get(request);
    if (candidate?.isPostponed) return 'later';
    return candidate && giveBack(deps, candidate, listPieces, release);
  });
}

type Reading = { readonly group: Group; readonly readers: readonly Candidate[]; readonly room: ReturnRoom };

/** Hands the entries of a part of the log to those of a group who missed them, page by page. */
async function readRange(
  deps: MissedDeps,
  { group, readers, room }: Reading,
  from: number,
  upTo: number,
): Promise<void> {
  let after = from;
  for (;;) {
    const byRoom = new Map<string, Candidate[]>();
    for (const candidate of readers) {
      if (candidate.hasMissedTooMuch || candidate.isPostponed) continue;
      for (const room of Object.keys(candidate.data.joined)) {
        const inRoom = byRoom.get(room);
        if (inRoom) inRoom.push(candidate);
        else byRoom.set(room, [candidate]);
      }
    }
    const range = { after, upTo, limit: page };
    const { entries, readUpTo } = await deps.log.list([...byRoom.keys()], range);
    for (const entry of entries) {
      const weighed = { entry, bytes: entryBytes + weighEntry(entry) };
      let isHeld = false;
      for (const candidate of byRoom.get(entry.channelId) ?? []) isHeld = add(deps, candidate, weighed) || isHeld;
      if (isHeld) group.held += weighed.bytes;
      // However few entries there are, they may be for very many.
      if (isTurnOver()) await nextTurn();
    }
    postponeSome(group, room.mostBytes);
    if (readUpTo >= upTo) return;
    after = readUpTo;
    // Megabytes may lie beside the words of few entries.
    await takeTurn();
  }
}

/** Leaves those who asked last for later, as long as too much is held; one is always read for. */
function postponeSome(group: Group, mostBytes: number): void {
  while (group.held > mostBytes && group.all.length > 1) {
    for (const candidate of group.all.splice(Math.ceil(group.all.length / 2)))
      Object.assign(candidate, { isPostponed: true, entries: [] });
    const held = new Set<WeighedEntry>();
    for (const { entries } of group.all) for (const entry of entries) held.add(entry);
    group.held = [...held].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** Up to which place a socket has heard a room, or cannot have heard it because it was not in it. */
const heardUpTo = (from: Offset, joined: SocketData['joined'], channelId: string): number =>
  Math.max(from.position, joined[channelId]?.after ?? 0);

/** Returns whether it is one that the socket missed. */
function add({ mostMissedBytes }: MissedDeps, candidate: Candidate, weighed: WeighedEntry): boolean {
  const { entry, bytes } = weighed;
  const { channelId } = entry;
  if (entry.position <= heardUpTo(candidate.from, candidate.data.joined, channelId) || candidate.hasMissedTooMuch)
    return false;
  // What is said in a room that was made anew under that id is not for who was in the one before.
  if (candidate.goneRooms.has(channelId)) return false;
  const isRemoval = isRemovalOf(entry, candidate.data.joined[channelId]?.as);
  if (entry.kind === 'removed' && !isRemoval) return false;
  if (isRemoval || entry.kind === 'room-deleted') candidate.goneRooms.set(channelId, entry.position);
  candidate.entries.push(weighed);
  candidate.bytes += bytes;
  candidate.hasMissedTooMuch = candidate.bytes > mostMissedBytes || candidate.entries.length > mostMissed;
  if (candidate.hasMissedTooMuch) candidate.entries = [];
  return !candidate.hasMissedTooMuch;
}

/** A message is read as it is now: what it says since somebody was taken out is not for them. */
async function leaveOutLater({ log }: MissedDeps, all: readonly Candidate[]): Promise<void> {
  for (const candidate of all)
    for (const [channelId, position] of candidate.goneRooms) {
      const edited = await log.listEditedAfter(channelId, position);
      if (edited.size === 0) continue;
      candidate.entries = candidate.entries.filter(
        ({ entry }) => !((entry.kind === 'posted' || entry.kind === 'edited') && edited.has(entry.message.id)),
      );
    }
}

function giveBack(
  { told, answers, logger }: MissedDeps,
  candidate: Candidate,
  listPieces: ReturnType<typeof createPieces>,
  release: () => void,
): Returned | undefined {
  const { sid, data, from, entries, goneRooms, leftRooms, take, hasMissedTooMuch } = candidate;
  if (hasMissedTooMuch) {
    release();
    logger.warn({ since: from.position, toldUpTo: told.position }, 'a client cannot resume: it missed too much');
    return undefined;
  }
  // As whom it was in them: frames are made when they are sent.
  const joined = { ...data.joined };
  // It will have heard of it by then, and is no longer in them.
  for (const channelId of goneRooms.keys()) leaveRoom(data, channelId);
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
      isShared: (entry) => isShared(entry, joined[entry.channelId]?.as),
      toPackets: (entry) => [
        ...listFrames(entry, from, joined),
        toOffsetFrame(formatOffset(told, { ...entry, mark: from.mark })),
      ],
    });
    yield* pieces;
  }
  const returned = { sid, data, missed: listMissed(), bytes: candidate.bytes, release };
  take(returned);
  return returned;
}

function listFrames(entry: LogEntry, from: Offset, joined: SocketData['joined']): readonly Frame[] {
  const { channelId } = entry;
  passStop('gateway/replay', 'message' in entry ? entry.message.id : undefined);
  const events = toEvents(entry, { heard: heardUpTo(from, joined, channelId), as: joined[channelId]?.as });
  return events.flatMap(({ name, payload }) => encodeEvent(name, payload));
}
