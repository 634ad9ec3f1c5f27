/** The same call on both sides, and what came of it, with what cannot be equal put aside: new ids, the time, the last digits. */
import type { Call } from './calls.ts';
import { differences } from './differences.ts';
import { known, times } from './pools.ts';
import type { Callable, Side } from './sides.ts';

/** The two outcomes as texts, which are the same where they do not differ. */
export async function runOnBoth(call: Call, sides: readonly Side[]): Promise<[string, string]> {
  const outcomes: string[] = [];
  for (const { adapter } of sides) outcomes.push(JSON.stringify(await observe(call, adapter), null, 1));
  await nextMillisecond();
  return outcomes as [string, string];
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
  if (key === 'embedding') return Math.round(value * 1e4) / 1e4 + 0;
  return key === 'similarity' ? Math.round(value * 1e5) / 1e5 : value;
}

const normaliseTime = (ms: number): unknown => (ms > newestTime + 1e6 ? 'now' : ms);

/** So that what one call makes is newer than what the last one made. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now; ) await new Promise((resolve) => setImmediate(resolve));
}
