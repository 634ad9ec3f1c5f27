/** A character as it is being changed: what differs from the one that is saved, and what of it is sent. */
import { keep, readKept } from '../state/kept.ts';

export type Draft = Readonly<Record<string, unknown>>;

/** What the server adds to a character, and nobody edits. */
const added = ['status', 'enabled', 'createdAt', 'updatedAt'];

export const toDraft = (detail: Draft): Draft =>
  Object.fromEntries(Object.entries(detail).filter(([name]) => !added.includes(name)));

export function readPath(draft: Draft, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Draft | undefined)?.[name], draft);
}

/** An empty list or text of what was not there stays out. */
export function writePath(draft: Draft, path: string, value: unknown): Draft {
  const [first = '', ...rest] = path.split('.');
  const inner = (draft[first] ?? {}) as Draft;
  return { ...draft, [first]: rest.length === 0 ? value : writePath(inner, rest.join('.'), value) };
}

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** These are merged by the server: a key that is gone is sent as null. */
const merged = ['settings', 'secrets'];

/** Only what changed. */
export function listChanges(saved: Draft, draft: Draft): Record<string, unknown> {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(draft)])];
  const changed = names.filter((name) => !isSame(saved[name], draft[name]));
  return Object.fromEntries(
    changed.map((name) => [
      name,
      merged.includes(name)
        ? { ...nullsFor(saved[name], draft[name]), ...(draft[name] as object) }
        : (draft[name] ?? emptyOf(saved[name])),
    ]),
  );
}

const nullsFor = (saved: unknown, draft: unknown): Record<string, null> =>
  Object.fromEntries(
    Object.keys(Object(saved))
      .filter((name) => !(name in Object(draft)))
      .map((name) => [name, null]),
  );

const emptyOf = (value: unknown): unknown => (Array.isArray(value) ? [] : typeof value === 'object' ? {} : '');

const keyOf = (agentId: string): string => `character-${agentId}`;

/** What was not saved yet; undefined when all of it was. */
export function readKeptDraft(agentId: string): Draft | undefined {
  const kept = readKept(keyOf(agentId));
  return kept === undefined ? undefined : (JSON.parse(kept) as Draft);
}

export const keepDraft = (agentId: string, draft: Draft | undefined): void =>
  keep(keyOf(agentId), draft && JSON.stringify(draft));
