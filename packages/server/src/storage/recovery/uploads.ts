/** Rows of uploaded files and their bytes, beside each other: which of them are there without the other. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isFileFolder, isFileName, placeFile } from '../disk/file-store.ts';

export type Uploads = {
  rows: number;
  /** Rows whose bytes, or whose small picture, are gone. */
  withoutBytes: number;
  /** Files that no row has. */
  withoutRow: number;
  hasDirectory: boolean;
};

export const pathOfFile = (dataDir: string, name: string): string => placeFile(join(dataDir, 'files'), name);

/** Whether there is a file of that name; what is no name of ours has none. */
export const hasBytes = (dataDir: string, name: string): boolean =>
  isFileName(name) && statSync(pathOfFile(dataDir, name), { throwIfNoEntry: false })?.isFile() === true;

export function compareUploads(file: DatabaseSync, dataDir: string): Uploads {
  const uploads = { rows: 0, withoutBytes: 0, withoutRow: 0, hasDirectory: existsSync(join(dataDir, 'files')) };
  const known = new Set<string>();
  for (const row of file.prepare('select stored_name, thumbnail from files').iterate()) {
    uploads.rows += 1;
    const names = [row.stored_name, row.thumbnail].filter((name): name is string => typeof name === 'string');
    for (const name of names) known.add(name);
    if (!names.every((name) => hasBytes(dataDir, name))) uploads.withoutBytes += 1;
  }
  for (const name of listNames(dataDir)) if (!known.has(name)) uploads.withoutRow += 1;
  return uploads;
}

/** Names of files, without those that are only half received. */
export function* listNames(dataDir: string): Generator<string> {
  const directory = join(dataDir, 'files');
  if (!existsSync(directory)) return;
  for (const folder of readdirSync(directory, { withFileTypes: true })) {
    if (!folder.isDirectory() || !isFileFolder(folder.name)) continue;
    for (const name of readdirSync(join(directory, folder.name))) if (isFileName(name)) yield name;
  }
}
