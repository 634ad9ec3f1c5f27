/** Settings and secrets as they are changed: what is given is put into what is stored, and a mask stands for what is there. */
import type { Issue, JsonValue } from 'elizad-protocol';
import { maskedSecret } from 'elizad-protocol/secrets';
import { hide } from './secrets.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Objects within each other are merged; null takes a key away, a masked secret leaves it. A list is taken as it is given,
 * its masks put back to what is stored; one that stands for nothing is added to `faults`.
 */
export function merge(before: Fields, patch: Fields, path: string, faults: Issue[]): Record<string, unknown> {
  const merged = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(patch)) {
    const had = merged.get(key);
    const place = `${path}.${key}`;
    if (value === null) merged.delete(key);
    else if (isRecord(value)) merged.set(key, merge(isRecord(had) ? had : {}, value, place, faults));
    else if (Array.isArray(value)) merged.set(key, unmask(had, value, place, faults));
    else if (value !== maskedSecret) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function unmask(had: unknown, value: unknown, path: string, faults: Issue[]): unknown {
  if (value === maskedSecret) {
    if (had === undefined) faults.push({ path, message: 'nothing is stored here: send the secret itself' });
    return had;
  }
  if (Array.isArray(value)) {
    const stored = pair(Array.isArray(had) ? had : [], value);
    return value.map((item, index) => unmask(stored[index], item, `${path}.${index}`, faults));
  }
  if (!isRecord(value)) return value;
  const fields = new Map(Object.entries(isRecord(had) ? had : {}));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, unmask(fields.get(key), inner, `${path}.${key}`, faults)]),
  );
}

/**
 * For each item the stored one that its masks stand for: the one that is shown like it, wherever it was moved to, or else
 * the one at its place. Where the list is shorter places say nothing, and of several that are shown alike nobody knows
 * which one is meant: the secret of another item would be taken.
 */
function pair(stored: readonly JsonValue[], given: readonly unknown[]): unknown[] {
  const shown = stored.map((item) => JSON.stringify(hide(item)));
  const entries = shown.map((item, index) => [item, index] as const);
  const places = new Map(entries);
  const firstPlaces = new Map(entries.toReversed());
  const isOnly = (text: string) => firstPlaces.get(text) === places.get(text);
  const isShorter = given.length < stored.length;
  const found = given.map((item, index) => {
    const text = JSON.stringify(item);
    if (shown[index] === text && (!isShorter || isOnly(text))) return index;
    return places.has(text) ? (isOnly(text) ? places.get(text) : -1) : undefined;
  });
  const taken = new Set(found);
  return found.map((place, index) => stored[place ?? (isShorter || taken.has(index) ? -1 : index)]);
}
