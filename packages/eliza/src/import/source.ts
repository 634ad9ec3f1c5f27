/** A database that is read: in one transaction, which sees one moment and writes nothing. */

export const isAddress = (place: string): boolean => /^postgres(ql)?:\/\//.test(place);

/** Every value as text. */
export type Row = { readonly [column: string]: string | null };

export type Source = {
  /** For people, and to know it again: without a password. */
  readonly name: string;
  rows(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same in pages. One at a time. */
  pages(sql: string, values: readonly unknown[], size: number): AsyncIterable<Row[]>;
  close(): Promise<void>;
};

type Opened = {
  readonly name: string;
  query(sql: string, values: readonly unknown[]): Promise<{ readonly rows: unknown }>;
  close(): Promise<void>;
};

export async function readInOneMoment({ name, query, close }: Opened): Promise<Source> {
  const rows = async (sql: string, values: readonly unknown[] = []) => (await query(sql, values)).rows as Row[];
  await query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY', []);
  return {
    name,
    rows,
    async *pages(sql, values, size) {
      await query(`DECLARE pages NO SCROLL CURSOR FOR ${sql}`, values);
      for (;;) {
        const page = await rows(`FETCH ${size} FROM pages`);
        if (page.length > 0) yield page;
        if (page.length < size) break;
      }
      await query('CLOSE pages', []);
    },
    close,
  };
}
