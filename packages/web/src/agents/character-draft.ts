/** A character as the form has it, and how its values are read, written and compared. */

export type Draft = Readonly<Record<string, unknown>>;

/** What the server adds to a character, and nobody edits. */
const added = ['status', 'enabled', 'createdAt', 'updatedAt'];

/** As the form has it: the names of its secrets, which are shown among its settings, at their own place. */
export function toDraft(detail: Draft): Draft {
  const { settings, ...rest } = Object.fromEntries(Object.entries(detail).filter(([name]) => !added.includes(name)));
  if (!isRecord(settings)) return { ...rest, settings };
  const { secrets, ...others } = settings;
  return { ...rest, settings: others, ...(isRecord(secrets) && { secrets }) };
}

export const isRecord = (value: unknown): value is Draft =>
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

/** The order of names does not count, and a name without a value is none. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (isRecord(one) && isRecord(other))
    return namesOf(one, other).every((name) => isSame(readOwn(one, name), readOwn(other, name)));
  return one === other;
}

/** Of both, each once. */
export const namesOf = (one: Draft, other: Draft): string[] => [
  ...new Set([...Object.keys(one), ...Object.keys(other)]),
];

/** Anybody may name a setting `constructor`: what every object has is not meant. */
export const readOwn = (record: Draft, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;
