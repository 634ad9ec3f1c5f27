/** How far an import of a source has come, in the file of the agent itself: written with the rows that it speaks of. */
import type { Store } from '../host/adapter/engine/store.ts';

export type Progress = {
  /** When an import of the source finished. */
  readonly finishedAt: number | undefined;
  /** The last row that was dealt with, and how many of those before it were new. */
  of(table: string): { at: string | null; key: string | null; added: number };
  note(table: string, how: { at: string | null; key: string | null; added: number }): void;
  /** The next import goes through the table once more. */
  forget(table: string): void;
  finish(): void;
};

const finished = 'finished';

/** The file has the tables of an older elizad too: this one stands beside them, and the adapter does not look at it. */
const table = `CREATE TABLE IF NOT EXISTS imports (
  source TEXT NOT NULL, name TEXT NOT NULL, at TEXT, key TEXT, added INTEGER NOT NULL, PRIMARY KEY (source, name)
) STRICT`;

export function readProgress(store: Store, source: string): Progress {
  store.run(table);
  const find = (name: string) =>
    store.find<{ at: string | null; key: string | null; added: number }>(
      'SELECT at, key, added FROM imports WHERE source = ? AND name = ?',
      source,
      name,
    );
  const note: Progress['note'] = (name, { at, key, added }) =>
    void store.run(
      `INSERT INTO imports (source, name, at, key, added) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (source, name) DO UPDATE SET at = excluded.at, key = excluded.key, added = excluded.added`,
      source,
      name,
      at,
      key,
      added,
    );
  return {
    finishedAt: find(finished)?.added,
    of: (name) => find(name) ?? { at: null, key: null, added: 0 },
    note,
    forget: (name) => void store.run('DELETE FROM imports WHERE source = ? AND name = ?', source, name),
    finish: () => note(finished, { at: null, key: null, added: Date.now() }),
  };
}
