/** JSON from outside: how deep it goes is looked at before anything walks it by recursion. */
import { maxNesting, maxValues } from './limits.ts';

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

/** Whether at most `maxValues` values stand in a parsed JSON value, within each other. */
export function hasFewValues(value: unknown): boolean {
  const open = [value].filter(isHolder);
  let count = 0;
  for (let one = open.pop(); one; one = open.pop()) {
    const inner: unknown[] = Object.values(one);
    count += inner.length;
    if (count > maxValues) return false;
    open.push(...inner.filter(isHolder));
  }
  return true;
}

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null;
