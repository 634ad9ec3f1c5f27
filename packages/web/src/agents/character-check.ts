/** The schema of the server, in the browser: loaded when a character is first checked. */
import { character } from 'elizad-protocol';
import { z } from 'zod';
import type { Draft } from './character-draft.ts';

// The page may not make code of text, which is how zod is fast elsewhere.
z.config({ jitless: true });

export type Fault = { path: string; message: string };

/** Nothing where it is a character. */
export function listFaults(draft: Draft): Fault[] {
  const { success, error } = character.safeParse(draft);
  return success ? [] : error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
}
