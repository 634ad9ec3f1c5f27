/** A name that is being called: the `@` before the caret, and whom of the room it could mean. */
import type { Person } from '../../state/rooms/presence.ts';

export type Mention = { from: number; query: string };

const mostShown = 8;
const before = /(?:^|[^\p{L}\p{N}@])@([^\n@]{0,40})$/u;

/** Undefined where no name is being called. */
export function findMention(text: string, caret: number): Mention | undefined {
  const query = before.exec(text.slice(0, caret))?.[1];
  return query === undefined ? undefined : { from: caret - query.length - 1, query };
}

/** Those whose name, or a word of it, begins with what is written; agents first. */
export function listMatches(people: readonly Person[], query: string): Person[] {
  const wanted = query.toLowerCase();
  const fits = ({ name }: Person) => {
    const low = name.toLowerCase();
    return low.startsWith(wanted) || (wanted !== '' && low.split(/\s+/).some((word) => word.startsWith(wanted)));
  };
  return people
    .filter(fits)
    .sort((a, b) => Number(b.isAgent) - Number(a.isAgent) || a.name.localeCompare(b.name))
    .slice(0, mostShown);
}

/** The text with the whole name, and where one writes on. */
export function complete(text: string, { from, query }: Mention, name: string): { text: string; caret: number } {
  const after = text.slice(from + 1 + query.length).replace(/^ /, '');
  const called = `@${name} `;
  return { text: text.slice(0, from) + called + after, caret: from + called.length };
}
