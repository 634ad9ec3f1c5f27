/** A directory that a copy of a store goes into: nothing of it is left where the copy does not succeed. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../engine/sqlite/data-lock.ts';

/** Throws `StoreError` where something is there already. */
export function assertNew(to: string): void {
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new StoreError(`${to} is not empty. Name a new or empty directory.`);
}

/** Does what fills it; where that throws, takes away again what was made. */
export async function fillNew<T>(to: string, fill: () => T | Promise<T>): Promise<T> {
  const isThere = existsSync(to);
  try {
    return await fill();
  } catch (error) {
    for (const name of isThere ? readdirSync(to) : []) rmSync(join(to, name), { recursive: true, force: true });
    if (!isThere) rmSync(to, { recursive: true, force: true });
    throw error;
  }
}
