/** A character as it is being changed: what differs from the one that is saved, and what of it is sent. */
import { keep, readKept } from '../state/kept.ts';

export type Draft = Readonly<Record<string, unknown>>;

/** What the server adds to a character, and nobody edits. */
const added = ['status', 'enabled', 'createdAt', 'updatedAt'];

/** What stands for a secret that is stored: sent back, it stays what it is. */
export const maskedSecret = '********';

/** As the form has it: the names of its secrets, which are shown among its settings, at their own place. */
export function toDraft(detail: Draft): Draft {
  const { settings, ...rest } = Object.fromEntries(Object.entries(detail).filter(([name]) => !added.includes(name)));
  if (!isRecord(settings)) return { ...rest, settings };
  const { secrets, ...others } = settings;
  return { ...rest, settings: others, ...(isRecord(secrets) && { secrets }) };
}

const isRecord = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
export const listChanges = (saved: Draft, draft: Draft): Record<string, unknown> =>
  Object.fromEntries(
    listChangedNames(saved, draft).map((name) => [
      name,
      merged.includes(name) ? withNulls(saved[name] ?? {}, draft[name] ?? {}) : (draft[name] ?? emptyOf(saved[name])),
    ]),
  );

const listChangedNames = (saved: Draft, draft: Draft): string[] =>
  [...new Set([...Object.keys(saved), ...Object.keys(draft)])].filter((name) => !isSame(saved[name], draft[name]));

function withNulls(saved: unknown, draft: unknown): unknown {
  if (!isRecord(saved) || !isRecord(draft)) return draft;
  const gone = Object.keys(saved).filter((name) => !(name in draft));
  return Object.fromEntries([
    ...gone.map((name) => [name, null]),
    ...Object.entries(draft).map(([name, value]) => [name, withNulls(saved[name], value)]),
  ]);
}

const emptyOf = (value: unknown): unknown => (Array.isArray(value) ? [] : typeof value === 'object' ? {} : '');

const keyOf = (agentId: string): string => `character-${agentId}`;

/** What is saved, with what was changed here and is not saved yet. */
export function withKept(agentId: string, saved: Draft): Draft {
  const kept = readKept(keyOf(agentId));
  if (kept === undefined) return saved;
  const both = { ...saved, ...(JSON.parse(kept) as Draft) };
  return Object.fromEntries(Object.entries(both).filter(([, value]) => value !== null));
}

/** Keeps what differs, but no secret: whoever opens this browser could read it. */
export function keepChanges(agentId: string, saved: Draft, draft: Draft): void {
  const names = listChangedNames(saved, draft).filter((name) => name !== 'secrets');
  const changes = Object.fromEntries(names.map((name) => [name, draft[name] ?? null]));
  keep(keyOf(agentId), names.length > 0 ? JSON.stringify(changes) : undefined);
}
