/**
 * The two tables of the journal: what can be written, and where its entries are read back and which events they make. A
 * kind's own file in this folder does all of it.
 */
import type { Kysely } from 'kysely';
import type { Tables, TracesTable } from '../schema/tables.ts';
import { writeAside } from './asides.ts';
import type { CommitGroup, Written } from './commit-group.ts';
import { completionRows, listCompletions } from './completions.ts';
import { deletionRows, eraseMessage, listDeletions } from './deletions.ts';
import { editRows, listEdits, writeEdit } from './edits.ts';
import type { EntryRow, EntryRows, Range } from './entry.ts';
import { type PostedEntry, postRows, writePost } from './posts.ts';
import { listRemovals, removalRows } from './removals.ts';
import { eraseRoom, listRoomChanges, roomChangeRows } from './room-changes.ts';
import { markPassing, thinRoom } from './room-thinning.ts';
import { updateRoom } from './room-updates.ts';
import { writeTurnEnd } from './turn-ends.ts';

/** What one call writes, by its kind: all of it or nothing. */
export const kinds = {
  post: writePost,
  'turn-end': writeTurnEnd,
  aside: writeAside,
  edit: writeEdit,
  deletion: eraseMessage,
  'room-update': updateRoom,
  'room-erasure': eraseRoom,
  /** A step on the way to that, of which nobody is told. */
  'room-thinning': thinRoom,
  /** A room that is about to be made, and gone at the next start at the latest. */
  'passing-room': markPassing,
  /** What was spent outside of a turn. */
  trace: async ({ rows }: CommitGroup, { trace }: { trace: TracesTable }): Promise<Written<never>> => {
    rows.traces.push(trace);
    return { duplicate: false, entries: [] };
  },
};

export type JobKind = keyof typeof kinds;
export type LogJob<K extends JobKind = JobKind> = {
  [Kind in K]: { kind: Kind } & Parameters<(typeof kinds)[Kind]>[1];
}[K];
export type LogResult<K extends JobKind = JobKind> = Awaited<ReturnType<(typeof kinds)[K]>>;

/** Changes of rooms, and removals from them, that are read at a time: each may name hundreds of messages, or of people. */
const mostChanges = 20;

export type Source<Entry extends { kind: string }> = {
  /** Where its places are. */
  table: 'completions' | 'edits' | 'deletions' | 'room_changes';
  /** Most ranges have none: it is looked first whether there are any, of whichever room. */
  isRare: boolean;
  /** Entries that are read at a time, where that is fewer than of others. */
  atATime?: number;
  list(db: Kysely<Tables>, channelIds: readonly string[], range: Range): Promise<Entry[]>;
  /** Live and read back, an entry makes the same events. */
  rows: EntryRows<Entry>;
};

const source = <Entry extends { kind: string }>(declared: Source<Entry>): Source<Entry> => declared;

/** Entries that stand in tables of their own, beside the messages and the ends that stand with these. */
export const sources = [
  source({ table: 'completions', isRare: false, list: listCompletions, rows: completionRows }),
  source({ table: 'edits', isRare: true, list: listEdits, rows: editRows }),
  source({ table: 'deletions', isRare: true, list: listDeletions, rows: deletionRows }),
  source({ table: 'room_changes', isRare: true, atATime: mostChanges, list: listRoomChanges, rows: roomChangeRows }),
  source({ table: 'room_changes', isRare: true, atATime: mostChanges, list: listRemovals, rows: removalRows }),
] as const;

type EntryOf<S> = S extends Source<infer Entry> ? Entry : never;

/** An entry of the server's log; its `kind` says what happened, in the room `channelId`. */
export type LogEntry = PostedEntry | EntryOf<(typeof sources)[number]>;

/** The events of each kind of entry. */
export const entryRows = Object.assign({}, postRows, ...sources.map(({ rows }) => rows)) as Readonly<
  Record<LogEntry['kind'], EntryRow<LogEntry>>
>;
