/** JSON from outside: how deep it goes is looked at before anything walks it by recursion. */
import { maxNesting } from './limits.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Whether a parsed JSON value is nested at most `maxNesting` deep. Goes level by level, so that no depth is fatal. */
export function isShallow(value: unknown): boolean {
  let level = [value].filter(isHolder);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= maxNesting) return false;
    const next: object[] = [];
    for (const one of level) for (const inner of Object.values(one)) if (isHolder(inner)) next.push(inner);
    level = next;
  }
  return true;
}

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null;
