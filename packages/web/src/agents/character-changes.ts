/** What was changed in a character: found, sent, and put onto what others made of it meanwhile. */
import { type Draft, isRecord, isSame, namesOf, readOwn } from './character-draft.ts';

/** What makes the one into the other: of objects within each other only what differs, null for what is gone. */
export function findChange(before: unknown, after: unknown): unknown {
  if (after === undefined) return null;
  if (!isRecord(before) || !isRecord(after)) return after;
  const names = namesOf(before, after).filter((name) => !isSame(readOwn(before, name), readOwn(after, name)));
  return Object.fromEntries(names.map((name) => [name, findChange(readOwn(before, name), readOwn(after, name))]));
}

/** The same the other way: what was not changed stays as it is there. */
export function applyChange(there: unknown, change: unknown): unknown {
  if (change === null) return undefined;
  if (!isRecord(change)) return change;
  const had = isRecord(there) ? there : {};
  const entries = namesOf(had, change).map((name): [string, unknown] => {
    const value = readOwn(had, name);
    return [name, Object.hasOwn(change, name) ? applyChange(value, change[name]) : value];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What was made of `base` here, with what was made of it `there`. Where both changed the same, it is as it is here. */
export function rebase(base: unknown, here: unknown, there: unknown): unknown {
  if (isSame(base, there)) return here;
  return isSame(base, here) ? there : applyChange(there, findChange(base, here));
}

/** These are merged by the server: a key that is gone is sent as null. */
const merged = ['settings', 'secrets'];

/** Only what changed, as the server takes it. */
export const listChanges = (saved: Draft, draft: Draft): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(findChange(saved, draft) as Draft).map((name) => [
      name,
      merged.includes(name) ? findChange(saved[name] ?? {}, draft[name] ?? {}) : (draft[name] ?? emptyOf(saved[name])),
    ]),
  );

const emptyOf = (value: unknown): unknown => (Array.isArray(value) ? [] : typeof value === 'object' ? {} : '');
