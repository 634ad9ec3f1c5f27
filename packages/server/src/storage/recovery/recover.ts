/** Copies what can be read of a store whose server does not run into a new directory. The store itself is not changed. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createPrivateFile, prepareDataDir } from '../disk/data-dir.ts';
import { pathOfStore } from '../engine/sqlite/before-opening.ts';
import { openConnection } from '../engine/sqlite/connection.ts';
import { lockDataDir } from '../engine/sqlite/data-lock.ts';
import { hasLog, pathOfLog } from '../engine/sqlite/log-file.ts';
import { migrate } from '../engine/sqlite/migrations/migrations.ts';
import type { Tables } from '../schema/tables.ts';
import { assertStore, megabytes } from './check.ts';
import { type Copied, copyTable, listTables } from './copy-tables.ts';
import { link, lookAt, removeOldLooks } from './look.ts';
import { assertNew, fillNew } from './new-directory.ts';
import { dropOrphans, indexWords, passPlaces, repairJson, repairRooms } from './repair.ts';
import { openSource, type Source, unguarded } from './source.ts';
import { hasBytes, pathOfFile } from './uploads.ts';

export type Recovery = {
  tables: Copied[];
  wal: Source['wal'];
  /** Rooms that were made for messages whose own is lost; values that were put in the place of unreadable ones. */
  madeRooms: number;
  repaired: number;
  files: { copied: number; gone: number };
  keptLog: 'none' | 'copied' | 'unreadable';
  /** Whether everything was read. */
  isWhole: boolean;
};

/** Throws `StoreError`, and takes away again what it has made, where nothing can be read or the place is taken. */
export async function recoverStore(dataDir: string, to: string, onStep: (what: string) => void): Promise<Recovery> {
  assertStore(dataDir);
  assertNew(to);
  const lock = lockDataDir(dataDir);
  try {
    removeOldLooks(dataDir);
    return await fillNew(to, () => {
      prepareDataDir(to);
      return recover(dataDir, to, onStep);
    });
  } finally {
    lock.release();
  }
}

async function recover(dataDir: string, to: string, onStep: (what: string) => void): Promise<Recovery> {
  const work = join(to, 'elizad.sqlite-work');
  mkdirSync(work, { mode: 0o700 });
  onStep(`copying the database (${megabytes(pathOfStore(dataDir))})`);
  const source = await openSource(dataDir, work);
  const target = await openTarget(work);
  try {
    const indexes = setAside(target);
    const tables = copyTables(source.file, target, onStep);
    const isWhole = isReadWhole(source.wal, tables);
    onStep('restoring references between tables');
    target.exec('begin');
    const repaired = repairJson(target);
    const madeRooms = repairRooms(target, !isWhole);
    const files = copyFiles(target, dataDir, to, onStep);
    if (!isWhole) target.exec('delete from session_rooms; delete from sessions');
    for (const [table, rows] of dropOrphans(target)) countLeft(tables, table, rows);
    if (!isWhole) passPlaces(target);
    onStep('creating the indexes');
    indexWords(target);
    target.exec(indexes);
    target.exec('commit');
    const keptLog = copyKeptLog(dataDir, work, to);
    target.close();
    keep(join(work, 'new.sqlite'), pathOfStore(to));
    return {
      tables,
      wal: source.wal,
      madeRooms,
      repaired,
      files,
      keptLog,
      isWhole: isWhole && madeRooms + repaired === 0,
    };
  } finally {
    if (target.isOpen) target.close();
    source.file.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Nothing is lost by a log of which every damaged page was put right. */
const isReadWhole = (wal: Source['wal'], tables: readonly Copied[]): boolean =>
  tables.every(({ ranges, left }) => ranges + left === 0) && !(wal && (wal.taken + wal.left > 0 || wal.isLastLeftOut));

/** A new store, of which nothing counts until it has its name. */
async function openTarget(work: string): Promise<DatabaseSync> {
  const path = join(work, 'new.sqlite');
  createPrivateFile(path);
  const file = new DatabaseSync(path);
  file.exec('pragma journal_mode = memory; pragma synchronous = off; pragma foreign_keys = off');
  await migrate(openConnection<Tables>(file, unguarded).db, work);
  // The one that every new store has: it may have another name there.
  file.exec('delete from servers');
  return file;
}

/** Takes away triggers, which are for what people do, and indexes that keep nothing apart; returns how to make them anew. */
function setAside(file: DatabaseSync): string {
  const all = file
    .prepare(
      `select type, name, sql from sqlite_schema where type = 'trigger'
        or (type = 'index' and sql is not null and sql not like 'create unique%') order by rowid`,
    )
    .all();
  for (const { type, name } of all) file.exec(`drop ${type} "${name}"`);
  return all.map(({ sql }) => `${sql};`).join('\n');
}

/** Who was connected comes back only to a store that is whole: it would wait for what is lost. */
function copyTables(from: DatabaseSync, to: DatabaseSync, onStep: (what: string) => void): Copied[] {
  onStep('reading the tables');
  return listTables(to).map((table) =>
    copyTable(from, to, table, (rows) => onStep(`reading ${table.name}: ${rows} rows so far`)),
  );
}

function countLeft(tables: Copied[], table: string, rows: number): void {
  const of = tables.find((one) => one.table === table);
  if (!of) return;
  of.copied -= rows;
  of.left += rows;
}

/** Bytes of uploaded files, by another name for the same ones where that can be. Rows without bytes are left out. */
function copyFiles(file: DatabaseSync, dataDir: string, to: string, onStep: (what: string) => void): Recovery['files'] {
  const files = { copied: 0, gone: 0 };
  const rows = file.prepare('select id, stored_name, thumbnail from files').all();
  if (rows.length > 0) onStep(`copying ${rows.length} uploaded files`);
  const copy = (name: string) => {
    if (!hasBytes(dataDir, name)) return false;
    mkdirSync(dirname(pathOfFile(to, name)), { recursive: true, mode: 0o700 });
    link(pathOfFile(dataDir, name), pathOfFile(to, name));
    return true;
  };
  for (const { id, stored_name, thumbnail } of rows) {
    if (!copy(String(stored_name))) {
      file.prepare('delete from files where id = ?').run(id ?? null);
      files.gone += 1;
      continue;
    }
    files.copied += 1;
    if (thumbnail !== null && !copy(String(thumbnail)))
      file.prepare('update files set thumbnail = null where id = ?').run(id ?? null);
  }
  return files;
}

/** From beside the database, or, of an older store, from where it was moved to. */
function copyKeptLog(dataDir: string, work: string, to: string): Recovery['keptLog'] {
  const from = [dataDir, work].find(hasLog);
  if (from === undefined) return 'none';
  const path = join(work, 'new-log.sqlite');
  try {
    const { file, close } = lookAt(from, 'elizad-log.sqlite');
    try {
      file.prepare('vacuum into ?').run(path);
    } finally {
      close();
    }
  } catch {
    return 'unreadable';
  }
  keep(path, pathOfLog(to));
  return 'copied';
}

function keep(from: string, to: string): void {
  createPrivateFile(from);
  const file = openSync(from, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(from, to);
}
