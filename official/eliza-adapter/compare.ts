/** The same call on both sides, and what came of it, with what cannot be equal put aside: new ids, the time, the last digits. */
import assert from 'node:assert/strict';
import type { Call } from './calls.ts';
import { differences } from './differences.ts';
import { known, times } from './pools.ts';
import type { Callable, Side } from './sides.ts';

/** Throws, with both outcomes, where they are not the same. */
export async function assertSame(call: Call, sides: readonly Side[]): Promise<void> {
  const [theirs, ours] = await Promise.all(sides.map(({ adapter }) => observe(call, adapter)));
  if (/^(create|log)/.test(call.name)) await nextMillisecond();
  if (!isSame(theirs, ours)) assert.equal(print(ours), print(theirs), call.name);
}

async function observe(call: Call, adapter: Callable): Promise<unknown> {
  let result: unknown;
  try {
    result = normalise(await call.run(adapter));
  } catch {
    return { threw: true };
  }
  for (const { hide } of differences) if (hide) result = await hide(result, call, adapter);
  return { value: result === undefined ? 'undefined' : result };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const newestTime = Math.max(...times);

function normalise(value: unknown, key = ''): unknown {
  if (value instanceof Date) return { date: normaliseTime(value.getTime()) };
  if (typeof value === 'number') return normaliseNumber(value, key);
  if (typeof value === 'string') {
    if (uuid.test(value)) return known.has(value) ? value : 'a new id';
    return key === 'createdAt' ? normaliseTime(Date.parse(value)) : value;
  }
  if (Array.isArray(value)) return value.map((one) => normalise(one, key));
  if (typeof value !== 'object' || value === null) return value;
  // What is undefined is not there. The order of keys is that of the columns there, and of the code here.
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, normalise(one, name)]),
  );
}

function normaliseNumber(value: number, key: string): unknown {
  if (/^(createdAt|updatedAt|startedAt|endedAt)$/.test(key)) return normaliseTime(value);
  return value;
}

const normaliseTime = (ms: number): unknown => (ms > newestTime + 1e6 ? 'now' : ms);

/** Numbers of 32 bits there and here: they differ in their last digits. */
const tolerances: Readonly<Record<string, number>> = { embedding: 2e-6, similarity: 1e-5 };

function isSame(a: unknown, b: unknown, key = ''): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= (tolerances[key] ?? 0);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [one, other] = [Object.entries(a), Object.entries(b)];
  if (one.length !== other.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return one.every(([name, value], index) => {
    const [otherName, otherValue] = other[index] ?? [];
    return name === otherName && isSame(value, otherValue, Array.isArray(a) ? key : name);
  });
}

/** Of an embedding, the beginning. */
const print = (outcome: unknown): string =>
  JSON.stringify(outcome, (key, value) => (key === 'embedding' ? value.slice(0, 3) : value), 1);

/** So that what one call makes is newer than what the last one made. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now; ) await new Promise((resolve) => setImmediate(resolve));
}
