/** Names in the environment that look like settings and are none: a key under a wrong name would be no key, without a word. */
import { closest } from 'fastest-levenshtein';

/** Names that begin like ours and are set by others, such as the scripts of the repository. */
const others = new Set(['ELIZAD_STARTED_AT']);

/** A line for each. `known` are the names of settings. */
export const listUnknownNames = (env: Readonly<Record<string, unknown>>, known: readonly string[]): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('ELIZAD_') && !known.includes(name) && !others.has(name))
    .map(
      (name) => `${name} is not a setting and has no effect. Did you mean ${closest(name.slice(0, 60), [...known])}?`,
    );
