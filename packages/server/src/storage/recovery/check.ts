/** Looks through a store whose server does not run, and says what is wrong with it. Nothing of it is changed. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { pathOfStore, pathOfWal } from '../engine/sqlite/before-opening.ts';
import { lockDataDir, StoreError } from '../engine/sqlite/data-lock.ts';
import { hasLog, logTables } from '../engine/sqlite/log-file.ts';
import { scanWal, type WalScan } from '../engine/sqlite/wal.ts';
import { lookAt, removeOldLooks } from './look.ts';
import { compareUploads, type Uploads } from './uploads.ts';

/** One thing that was looked at: what it is, and what was found. */
export type Finding = { what: string; found: string; isWrong: boolean };

/** What is to be done about it. */
export type Remedy = 'none' | 'start' | 'move-log' | 'recover';

export type Report = { findings: Finding[]; remedy: Remedy };

/** Lines of what SQLite says that are shown. */
const mostLines = 5;

/** `onStep` is told what comes next, before what takes long. Throws `StoreError` where there is nothing to look at, or a server runs. */
export function checkStore(dataDir: string, onStep: (what: string) => void): Report {
  assertStore(dataDir);
  const lock = lockDataDir(dataDir);
  try {
    removeOldLooks(dataDir);
    onStep(`reading the write-ahead log (${megabytes(pathOfWal(dataDir))})`);
    const log = describeWal(scanWal(pathOfWal(dataDir)));
    const database = lookAtDatabase(dataDir, onStep);
    const kept = describeKeptLog(dataDir);
    const findings = [...database.findings.slice(0, 2), log, ...database.findings.slice(2), kept];
    const isDamaged = log.isWrong || database.isDamaged;
    const orKept: Remedy = kept.isWrong ? 'move-log' : 'none';
    const rest: Remedy = findings.some(({ isWrong, what }) => isWrong && what === uploadsTitle) ? 'start' : orKept;
    return { findings, remedy: isDamaged ? 'recover' : rest };
  } finally {
    lock.release();
  }
}

/** Throws `StoreError` where there is neither a database nor its log: nothing is made. */
export function assertStore(dataDir: string): void {
  const isThere = [pathOfStore(dataDir), pathOfWal(dataDir)].some((path) => statSync(path, { throwIfNoEntry: false }));
  if (!isThere)
    throw new StoreError(`ELIZAD_DATA: ${dataDir} contains no store. Set it to the data directory of a server.`);
}

export const megabytes = (path: string): string =>
  `${((statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 1_000_000).toFixed(1)} MB`;

function lookAtDatabase(dataDir: string, onStep: (what: string) => void): { findings: Finding[]; isDamaged: boolean } {
  try {
    const { file, close } = lookAt(dataDir, 'elizad.sqlite');
    try {
      const hasTable = (name: string) =>
        file.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(name) !== undefined;
      if (!hasTable('messages'))
        return {
          findings: [{ what: 'database', found: 'it is not a database of elizad', isWrong: true }],
          isDamaged: true,
        };
      onStep(`checking the database (${megabytes(pathOfStore(dataDir))})`);
      const whole = say('database', listOf(file, 'pragma integrity_check', 'integrity_check'));
      onStep('checking references between tables');
      const relations = say('relations', listViolations(file));
      onStep('checking uploaded files');
      const uploads = hasTable('files') ? lookAtUploads(file, dataDir) : [];
      const counts = (['messages', 'channels'] as const).map((table) => count(file, table));
      const isDamaged = [whole, relations, ...counts].some(({ isWrong }) => isWrong);
      return { findings: [whole, relations, ...uploads, ...counts], isDamaged };
    } finally {
      close();
    }
  } catch (error) {
    return { findings: [{ what: 'database', found: (error as Error).message, isWrong: true }], isDamaged: true };
  }
}

/** What is said is what is wrong. */
function say(what: string, said: Iterable<string>): Finding {
  const lines: string[] = [];
  try {
    for (const line of said) lines.push(line);
  } catch (error) {
    lines.push(`it cannot be read to the end (${(error as Error).message})`);
  }
  if (lines.length === 0) return { what, found: 'whole', isWrong: false };
  const more = lines.length > mostLines ? [`and ${lines.length - mostLines} more`] : [];
  return { what, found: [...lines.slice(0, mostLines), ...more].join('\n'), isWrong: true };
}

function* listOf(file: DatabaseSync, pragma: string, column: string): Generator<string> {
  for (const row of file.prepare(pragma).iterate())
    yield* String(row[column])
      .split('\n')
      .filter((line) => line !== 'ok');
}

function* listViolations(file: DatabaseSync): Generator<string> {
  const counts = new Map<string, number>();
  for (const { table, parent } of file.prepare('pragma foreign_key_check').iterate()) {
    const what = `rows of ${table} refer to missing rows of ${parent}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  for (const [what, times] of counts) yield `${times} ${what}`;
}

const titles = { messages: 'messages', channels: 'rooms' };

function count(file: DatabaseSync, table: keyof typeof titles): Finding {
  const what = titles[table];
  try {
    // Of the table itself: an index may be whole where that is not.
    const row = file.prepare(`select count(*) as rows from "${table}" not indexed`).get();
    return { what, found: String(row?.rows), isWrong: false };
  } catch {
    return { what, found: 'they cannot be counted', isWrong: true };
  }
}

const uploadsTitle = 'uploaded files';

function lookAtUploads(file: DatabaseSync, dataDir: string): Finding[] {
  try {
    return [{ what: uploadsTitle, ...describeUploads(compareUploads(file, dataDir)) }];
  } catch {
    return [{ what: uploadsTitle, found: 'their rows cannot be read', isWrong: true }];
  }
}

function describeUploads({ rows, withoutBytes, withoutRow, hasDirectory }: Uploads): Omit<Finding, 'what'> {
  if (rows > 0 && !hasDirectory)
    return { found: `${rows}, but the directory files is missing: restore or mount it`, isWrong: true };
  const left = withoutRow === 0 ? '' : `; ${withoutRow} unknown files, which the next start removes`;
  const gone = withoutBytes === 0 ? '' : `; ${withoutBytes} are missing on disk`;
  return { found: `${rows}${gone}${left}`, isWrong: withoutBytes > 0 };
}

function describeWal(scan: WalScan | undefined): Finding {
  const what = 'write-ahead log';
  if (!scan) return { what, found: 'empty', isWrong: false };
  const { damage, frames } = scan;
  if (!damage) return { what, found: `intact, ${frames} pages`, isWrong: false };
  const { at, transactions } = damage;
  const found = `damaged at byte ${at}: SQLite cannot read the ${transactions} transactions after it`;
  return { what, found, isWrong: true };
}

function describeKeptLog(dataDir: string): Finding {
  const what = 'kept log';
  if (!hasLog(dataDir)) return { what, found: 'none', isWrong: false };
  try {
    const { file, close } = lookAt(dataDir, 'elizad-log.sqlite');
    try {
      const [wrong] = listOf(file, 'pragma quick_check', 'quick_check');
      if (wrong !== undefined) throw new Error(wrong);
      const lines = logTables.map((name) => Number(file.prepare(`select count(*) as rows from ${name}`).get()?.rows));
      return { what, found: `readable, ${lines.reduce((sum, rows) => sum + rows, 0)} lines`, isWrong: false };
    } finally {
      close();
    }
  } catch (error) {
    return { what, found: `unreadable (${(error as Error).message})`, isWrong: true };
  }
}
