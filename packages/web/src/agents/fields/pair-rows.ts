/** Texts by name, as rows: a name may be another's for a moment, on the way to what it will be. */
import { newId } from 'elizad-client';
import { isSame } from '../character-draft.ts';

export type Pairs = Readonly<Record<string, unknown>>;

/** Each has an id, by which its boxes stay its own while rows come and go beside it. */
export type Row = { readonly id: string; readonly name: string; readonly text: unknown };

export const makeRow = (name: string, text: unknown): Row => ({ id: newId(), name, text });

export const toRows = (pairs: Pairs): Row[] => Object.entries(pairs).map(([name, text]) => makeRow(name, text));

/** Of two by the same name the last one counts. */
export const toPairs = (rows: readonly Row[]): Pairs => Object.fromEntries(rows.map(({ name, text }) => [name, text]));

/** The rows with what was changed elsewhere; those that are as they were stay, also two by the same name. */
export function takeIn(rows: readonly Row[], pairs: Pairs): Row[] {
  const had = toPairs(rows);
  const kept = rows.flatMap((row, index): Row[] => {
    const { name } = row;
    if (!Object.hasOwn(pairs, name)) return [];
    if (isSame(had[name], pairs[name])) return [row];
    const isFirst = rows.findIndex((other) => other.name === name) === index;
    return isFirst ? [{ ...row, text: pairs[name] }] : [];
  });
  return [...kept, ...toRows(pairs).filter(({ name }) => !Object.hasOwn(had, name))];
}
