/** Whether something is a character: every fault is named with its path and what is expected there. */
import { type Character, character, type Issue } from 'elizad-protocol';
import { closest, distance } from 'fastest-levenshtein';

export type CheckedCharacter =
  | { readonly ok: true; readonly character: Character }
  | { readonly ok: false; readonly issues: Issue[] };

/** Faults that are told. */
export const mostIssues = 50;

export function checkCharacter(value: unknown): CheckedCharacter {
  const parsed = character.safeParse(value);
  if (parsed.success) return { ok: true, character: parsed.data };
  const issues = parsed.error.issues.slice(0, mostIssues).flatMap((issue): Issue[] => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: issue.message }];
    return issue.keys.slice(0, mostIssues).map((key) => ({
      path: [...issue.path, key].join('.'),
      message: `unknown field${suggest(key, issue.path)}`,
    }));
  });
  return { ok: false, issues: issues.slice(0, mostIssues) };
}

/** Of a name, in letters: more than any field and a few mistakes have. */
const mostCompared = 40;

function suggest(key: string, path: readonly PropertyKey[]): string {
  const known = path[0] === 'style' ? ['all', 'chat', 'post'] : Object.keys(character.shape);
  // What is far longer than all of them is like none, and a megabyte takes long to compare.
  const start = key.slice(0, mostCompared);
  const nearest = closest(start, known);
  return distance(start, nearest) <= 3 ? `; did you mean ${nearest}?` : `; known fields: ${known.join(', ')}`;
}
