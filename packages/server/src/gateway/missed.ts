/**
 * What sockets missed while they were away. Many that come back at once (the server was restarted) share their reads: one
 * for who they are, one for the end of the log, however many they are.
 */
import { encodeEvent } from 'elizad-protocol';
import type { Answers } from '../messaging/answers.ts';
import { describeCompletion } from '../messaging/completion.ts';
import { createGroupCommit } from '../storage/group-commit.ts';
import { type LogEntry, listLogEntries } from '../storage/history.ts';
import { listSessions } from '../storage/sessions.ts';
import type { Database } from '../storage/sqlite.ts';
import { formatOffset, type Offset, parseOffset, type Told } from './offset.ts';
import type { GatewaySocket } from './socket-server.ts';

export type MissedDeps = {
  database: Database;
  told: Told;
  answers: Pick<Answers, 'list'>;
  /** Most characters of text that a socket is sent at its return: they all wait for it at once. */
  mostMissedLength: number;
};

/** What a socket may have missed at most to be resumed; beyond that it begins anew, and `join` with `since` fills in. */
const mostMissed = 1_000;

/** The end of the log that all who come back together read at once; who was away for longer reads the rest alone. */
const sharedEntries = 2_000;

/** A socket that is back: who it is, and the packets that it missed. */
export type Returned = { sid: string; data: GatewaySocket['data']; missed: unknown[][] };

/** Somebody asks to come back; `take` is called in the same step up to which `missed` is whole, or never. */
type Request = { pid: string; offset: string; take: (returned: Returned) => void };

/** One who may come back, as far as was found out. */
type Candidate = Request & { sid: string; data: GatewaySocket['data']; from: Offset; entries: LogEntry[] };

/** Resolves with what the socket of a `pid` missed after an offset, or nothing when it must begin anew. */
export type ReadMissed = (request: Request) => Promise<Returned | undefined>;

export function createMissedReader(deps: MissedDeps): ReadMissed {
  const { write } = createGroupCommit<Request, Returned | undefined>((requests) => readGroup(deps, requests));
  return (request) => write(request);
}

async function readGroup(deps: MissedDeps, requests: Request[]): Promise<(Returned | undefined)[]> {
  const { database, told } = deps;
  const candidates = await findCandidates(deps, requests);
  const shared = told.position - sharedEntries;
  for (const candidate of candidates.values()) {
    const { from, data } = candidate;
    if (from.position >= shared) continue;
    const range = { after: from.position, upTo: shared, limit: mostMissed + 1 };
    candidate.entries = await listLogEntries(database.db, Object.keys(data.joined), range);
  }
  const first = Math.min(...[...candidates.values()].map(({ from }) => from.position));
  const rooms = [...new Set([...candidates.values()].flatMap(({ data }) => Object.keys(data.joined)))];
  // Until nothing more was told meanwhile; from then on nothing here waits.
  for (let after = Math.max(first, shared); after < told.position; ) {
    const range = { after, upTo: told.position, limit: Number.MAX_SAFE_INTEGER };
    const entries = await listLogEntries(database.db, rooms, range);
    for (const { from, data, entries: own } of candidates.values())
      own.push(
        ...entries.filter(({ position, message }) => position > from.position && message.channelId in data.joined),
      );
    after = range.upTo;
  }
  return requests.map((request) => {
    const candidate = candidates.get(request);
    return candidate && giveBack(deps, candidate);
  });
}

async function findCandidates({ database, told }: MissedDeps, requests: Request[]): Promise<Map<Request, Candidate>> {
  const rows = await listSessions(
    database.db,
    requests.map(({ pid }) => pid),
  );
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const candidates = new Map<Request, Candidate>();
  for (const request of requests) {
    const row = byPid.get(request.pid);
    const from = parseOffset(told, request.offset);
    if (row && from)
      candidates.set(request, { ...request, sid: row.sid, data: JSON.parse(row.data), from, entries: [] });
  }
  return candidates;
}

function giveBack({ told, answers, mostMissedLength }: MissedDeps, candidate: Candidate): Returned | undefined {
  const { sid, data, from, entries, take } = candidate;
  const pieces = answers.list(Object.keys(data.joined), from.mark);
  const length = entries.reduce((sum, { message }) => sum + message.text.length, 0);
  if (entries.length > mostMissed || length > mostMissedLength) return undefined;
  const missed = entries.flatMap((entry) => toPackets(entry, data, formatOffset(told, { ...entry, mark: from.mark })));
  for (const { mark, chunk } of pieces) {
    const offset = formatOffset(told, { position: told.position, mark });
    missed.push(...encodeEvent('chunk-streamed', chunk).map((frame) => [...frame, offset]));
  }
  const returned = { sid, data, missed };
  take(returned);
  return returned;
}

function toPackets(
  { message, clientMessageId, completed }: LogEntry,
  { joined }: GatewaySocket['data'],
  offset: string,
): unknown[][] {
  if (!completed) {
    const isOwn = joined[message.channelId] === message.senderId && clientMessageId !== null;
    const posted = encodeEvent('message-posted', { message, ...(isOwn && { clientMessageId }) });
    return posted.map((frame) => [...frame, offset]);
  }
  const { channelId } = message;
  const unlock = encodeEvent('input-controlled', { channelId, action: 'enable_input' });
  const completion = encodeEvent('message-completed', describeCompletion(message, completed));
  // The place comes with the last frame: who gets only the first one gets both again.
  return [...unlock.map((frame) => [...frame]), ...completion.map((frame) => [...frame, offset])];
}
