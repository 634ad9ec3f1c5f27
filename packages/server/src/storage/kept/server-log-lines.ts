/**
 * The last lines of the server's log, kept over restarts: written now and then, many at once, so that logging waits for
 * nothing. Lines that strangers cause have a table of their own: however many, they push no others out.
 */
import type { LogLine } from 'elizad-protocol';
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import type { KeptLog, LogFilter } from '../../observability/kept-log.ts';
import { type LogStream, parseLogLine } from '../../observability/log-stream.ts';
import { isOfStranger } from '../../observability/stranger-log.ts';
import type { Engine } from '../engine/engine.ts';
import type { LogEntriesTable, LogTables } from '../schema/tables-rest.ts';

/** How long a line waits for others, in ms: they share one write to the disk. */
const gatherMs = 250;

/** Lines that wait at most; a log that is faster than the disk loses the rest. */
const mostWaiting = 5_000;

const longestMsg = 8_000;

/** One of the two tables, and how many lines it has at most. */
type Part = { readonly table: 'log_entries' | 'stranger_log_entries'; readonly kept: number; waiting: string[] };

/** Of so many lines that are kept there is one of strangers beside them. */
const linesForOne = 10;

/** Keeps the last `kept` lines of the stream, and a tenth as many of strangers; with 0 it does nothing. */
export function openKeptLog({ logs }: Pick<Engine, 'logs'>, stream: LogStream, kept: number): KeptLog {
  const own: Part = { table: 'log_entries', kept, waiting: [] };
  const ofStrangers: Part = { table: 'stranger_log_entries', kept: Math.ceil(kept / linesForOne), waiting: [] };
  const parts = [own, ofStrangers];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let isOpen = true;
  if (kept > 0)
    stream.tap((line) => {
      const { waiting } = isOfStranger(line) ? ofStrangers : own;
      if (!isOpen || waiting.length >= mostWaiting) return;
      waiting.push(line);
      timer ??= setTimeout(flush, gatherMs).unref();
    });

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    for (const part of parts) {
      const lines = part.waiting;
      part.waiting = [];
      // A log that cannot be written must not be logged: that would never end.
      if (lines.length > 0) writing = writing.then(() => write(part, lines)).catch(() => {});
    }
    return writing;
  }

  async function write({ table, kept: most }: Part, lines: readonly string[]): Promise<void> {
    const { db, insertRows } = logs.open();
    await db.transaction().execute(async (transaction) => {
      const last = (await insertRows(transaction, table, lines.map(toRow))).at(-1) ?? 0;
      await transaction
        .deleteFrom(table)
        .where('position', '<=', last - most)
        .execute();
    });
  }

  return {
    async list(filter) {
      await flush();
      return listEntries(logs.open().db, filter);
    },
    async clear() {
      await flush();
      for (const { table } of parts) await logs.open().db.deleteFrom(table).execute();
      logs.compact();
    },
    async stop() {
      isOpen = false;
      await flush();
    },
  };
}

function toRow(line: string): Insertable<LogEntriesTable> {
  const { time, level, msg, agentId = null, agentName = null } = parseLogLine(line);
  return { time, level, msg: msg.slice(0, longestMsg), agent_id: agentId, agent_name: agentName };
}

async function listEntries(db: Kysely<LogTables>, filter: LogFilter): Promise<{ lines: LogLine[]; total: number }> {
  const own = await listPart(db, 'log_entries', filter);
  const ofStrangers = await listPart(db, 'stranger_log_entries', filter);
  const rows = [...own.rows, ...ofStrangers.rows].sort((a, b) => b.time - a.time).slice(0, filter.limit);
  const lines = rows.reverse().map(({ time, level: of, msg, agent_id, agent_name }) => ({
    level: of,
    time,
    msg,
    ...(agent_id !== null && { agentId: agent_id }),
    ...(agent_name !== null && { agentName: agent_name }),
  }));
  return { lines, total: own.total + ofStrangers.total };
}

/** Lines that are looked at in one step, so that sockets are served in between. */
const step = 250;

/** Characters of lines in one answer. */
const mostCharacters = 1_000_000;

/** Newest first. */
async function listPart(db: Kysely<LogTables>, table: Part['table'], filter: LogFilter) {
  const rows: Selectable<LogEntriesTable>[] = [];
  const { rows: ends } = await sql<{ first: number | null; last: number | null }>`
    select (select min(position) from ${sql.table(table)}) as first,
      (select max(position) from ${sql.table(table)}) as last`.execute(db);
  const { first, last } = { first: ends[0]?.first ?? 1, last: ends[0]?.last ?? 0 };
  let left = mostCharacters;
  for (let upTo = last; upTo >= first && left > 0 && rows.length < filter.limit; upTo -= step) {
    for (const row of await listStep(db, table, { ...filter, limit: filter.limit - rows.length }, upTo)) {
      left -= row.msg.length;
      if (left < 0) break;
      rows.push(row);
    }
    await new Promise(setImmediate);
  }
  // Without holes: the oldest go first.
  return { rows, total: last - first + 1 };
}

async function listStep(
  db: Kysely<LogTables>,
  table: Part['table'],
  { since, level, agentName, agentId, limit }: LogFilter,
  upTo: number,
) {
  let query = db
    .selectFrom(table)
    .selectAll()
    .where('position', '<=', upTo)
    .where('position', '>', upTo - step)
    .where('level', '>=', level);
  if (since !== undefined) query = query.where('time', '>=', since);
  if (agentName !== undefined) query = query.where('agent_name', '=', agentName);
  if (agentId !== undefined) query = query.where('agent_id', '=', agentId);
  return query.orderBy('position', 'desc').limit(limit).execute();
}
