/** Whether the folder in which elizad was started is an Eliza OS project: then it is what was meant, and its code is run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findForeignHandOn } from '../../settings/own-files.ts';

/** By what it depends on; the repository of Eliza OS itself is none. One that others may have written is `foreign`. */
export function findProjectAt(directory: string): 'own' | 'foreign' | undefined {
  try {
    const { dependencies, workspaces } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    if (workspaces !== undefined || !Object.hasOwn(Object(dependencies), '@elizaos/core')) return undefined;
    return findForeignHandOn(join(directory, 'package.json')) === undefined ? 'own' : 'foreign';
  } catch {
    return undefined;
  }
}
