/** Which messages show which uploaded files: a file goes with the last message that showed it. */
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { inList } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { FileRow } from './files.ts';

/** Names of files as they are kept, in the addresses of attachments. */
const storedNames = /\b[0-9a-f]{40}\.[0-9a-z]{1,5}\b/gi;

/** Of one message; of attachments that are no files of ours, nothing. `attachments` is JSON, as in its row. */
export async function insertFileUses(
  db: Kysely<Tables>,
  { id, attachments }: { id: string; attachments: string },
): Promise<void> {
  const names = [...new Set(attachments.match(storedNames) ?? [])].map((name) => name.toLowerCase());
  if (names.length === 0) return;
  await sql`insert into file_uses (message_id, file_id)
    select ${id}, id from files where stored_name in ${inList(names)} on conflict do nothing`.execute(db);
}

/** Files that a message showed and none shows any more, or whose channel is gone; those behind an id, in that order. */
export const listLetGo = (db: Kysely<Tables>, after: string, limit: number): Promise<FileRow[]> =>
  db
    .selectFrom('files')
    .selectAll()
    .where('is_let_go', '=', sql.lit(1))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();

/** Names of files that are in the characters of agents, as their pictures. A character may have a megabyte: one at a time. */
export async function listNamesInCharacters(db: Kysely<Tables>): Promise<Set<string>> {
  const names = new Set<string>();
  for (let after = ''; ; ) {
    const agents = db.selectFrom('agents').select(['id', 'character']).where('id', '>', after).orderBy('id').limit(1);
    const agent = await agents.executeTakeFirst();
    if (!agent) return names;
    for (const name of agent.character.match(storedNames) ?? []) names.add(name.toLowerCase());
    after = agent.id;
    await setImmediate();
  }
}

/** Marks files whose channel went without them, as after a crash. */
export async function letGoOfGoneChannels(db: Kysely<Tables>): Promise<void> {
  await db
    .updateTable('files')
    .set({ is_let_go: 1 })
    .where('owner_kind', '=', 'channel')
    .where('owner_id', 'not in', (eb) => eb.selectFrom('channels').select('id'))
    .execute();
}
