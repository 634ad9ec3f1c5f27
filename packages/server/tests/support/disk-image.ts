/**
 * What is on a disk when the power goes: all that was synced, and of the rest whatever one likes. A name is there when its
 * directory was synced, and all those above it; a page that could not be synced is there only when it is written again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DiskOp } from './failing-disk.ts';

/** What of the writes that nobody had synced has reached the disk: none, all up to some, any of them, any half of a page. */
export const losses = ['none', 'prefix', 'any', 'torn'] as const;
export type Loss = (typeof losses)[number];

type Change = { order: number; at: number; bytes: Buffer | undefined };
type File = { content: Buffer; size: number; pending: Change[] };
type Naming = { order: number; directory: string; apply(names: Map<string, File | 'directory'>): void };

/** A disk writes whole sectors. */
const sector = 512;

export class DiskImage {
  private readonly names = new Map<string, File | 'directory'>([['.', 'directory']]);
  private readonly durable = new Map<string, File | 'directory'>([['.', 'directory']]);
  private pendingNames: Naming[] = [];
  private order = 0;

  apply({ kind, path, at, bytes }: DiskOp): void {
    this.order += 1;
    const file = this.names.get(path);
    if (kind === 'opened') {
      if (!file) this.rename(path, (names, made) => names.set(path, made), newFile());
    } else if (kind === 'made') this.rename(path, (names) => names.set(path, 'directory'));
    else if (kind === 'removed') this.rename(path, (names) => names.delete(path));
    else if (kind === 'renamed') {
      const to = bytes.toString();
      this.rename(to, (names) => {
        if (file) names.set(to, file);
        names.delete(path);
      });
    } else if (file === 'directory') {
      if (kind === 'synced') this.syncNames(path);
    } else if (file) {
      if (kind === 'written') file.pending.push({ order: this.order, at, bytes });
      else if (kind === 'cut') file.pending.push({ order: this.order, at, bytes: undefined });
      else {
        if (kind === 'synced') for (const change of file.pending) write(file, change);
        file.pending = [];
      }
    }
  }

  private rename(path: string, apply: (names: Map<string, File | 'directory'>, made: File) => void, made = newFile()) {
    const naming = (names: Map<string, File | 'directory'>) => apply(names, made);
    naming(this.names);
    this.pendingNames.push({ order: this.order, directory: dirname(path), apply: naming });
  }

  private syncNames(directory: string): void {
    for (const naming of this.pendingNames) if (naming.directory === directory) naming.apply(this.durable);
    this.pendingNames = this.pendingNames.filter((naming) => naming.directory !== directory);
  }

  /** Writes the files as they would be found into a directory; `chance` gives numbers from 0 to 1. */
  save(directory: string, loss: Loss, chance: () => number): void {
    const names = new Map(this.durable);
    const last = Math.floor(chance() * this.order);
    const isKept = (order: number) => (loss === 'none' ? false : loss === 'prefix' ? order <= last : chance() < 0.5);
    for (const naming of this.pendingNames) if (isKept(naming.order)) naming.apply(names);
    for (const [path, file] of names) {
      if (file === 'directory' || !isReachable(names, path)) continue;
      const copy: File = { content: Buffer.from(file.content.subarray(0, file.size)), size: file.size, pending: [] };
      for (const change of file.pending)
        if (isKept(change.order)) write(copy, loss === 'torn' ? tear(change, chance) : change);
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), copy.content.subarray(0, copy.size));
    }
  }
}

const newFile = (): File => ({ content: Buffer.alloc(0), size: 0, pending: [] });

const isReachable = (names: Map<string, unknown>, path: string): boolean =>
  path === '.' || (names.get(dirname(path)) === 'directory' && isReachable(names, dirname(path)));

function tear(change: Change, chance: () => number): Change {
  if (!change.bytes) return change;
  const kept = Math.floor((chance() * change.bytes.length) / sector) * sector;
  return { ...change, bytes: change.bytes.subarray(0, kept) };
}

function write(file: File, { at, bytes }: Change): void {
  if (!bytes) {
    if (at > file.size) grow(file, at);
    file.content.fill(0, at, file.size);
    file.size = at;
    return;
  }
  const end = at + bytes.length;
  if (end > file.size) grow(file, end);
  bytes.copy(file.content, at);
}

function grow(file: File, size: number): void {
  if (size > file.content.length) {
    const content = Buffer.alloc(Math.max(size, 2 * file.content.length));
    file.content.copy(content, 0, 0, file.size);
    file.content = content;
  }
  file.size = size;
}
