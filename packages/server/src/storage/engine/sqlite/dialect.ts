/** What SQLite says for the words of words.ts, and the compiler that puts it into queries. */
import { type LimitNode, type RawNode, type SqlBool, SqliteQueryCompiler, sql } from 'kysely';
import { type Dialect, isWord } from '../words.ts';
import { rankByWords } from './word-index.ts';

export const sqlite: Dialect = {
  inList: (json) => sql`(select value from json_each(${json}))`,
  rowsOf(json, columns) {
    const fields = Object.keys(columns).map((name, index) => sql`value ->> ${sql.lit(index)} as ${sql.id(name)}`);
    return sql`(select ${sql.join(fields)}, key as place from json_each(${json}))`;
  },
  amountsOf: (json) => sql`(select key as name, value as amount from json_each(${json}))`,
  isSame: (column, value) => sql<SqlBool>`${sql.ref(column)} is ${value}`,
  // A unary plus: SQLite uses no index for what is not a bare column.
  steer: (column) => sql`+${sql.ref(column)}`,
  larger: (a, b) => sql<number>`max(${a}, ${b})`,
  jsonField: (column, field) => sql<string | null>`${sql.ref(column)} -> ${sql.lit(`$.${field}`)}`,
  jsonRows: (columns) => sql<string>`json_group_array(json_array(${sql.join(columns.map((name) => sql.ref(name)))}))`,
  // `instr` takes each place of a text once, where `like` may take the text again from each.
  includes: (column, words) => sql<SqlBool>`instr(lower(${sql.ref(column)}), lower(${words})) > 0`,
  rowOf: (table) => sql.ref(`${table}.rowid`),
  arrivalIn: (table) => sql.ref<number>(`${table}.rowid`),
  rankByWords,
};

export class Compiler extends SqliteQueryCompiler {
  /** SQLite plans a statement anew whenever its limit is given, where that is a bare parameter: as a sum it is none. */
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node);
    this.append(' + 0');
  }

  protected override visitRaw(node: RawNode): void {
    if (isWord(node)) this.visitNode(node.say(sqlite).toOperationNode());
    else super.visitRaw(node);
  }
}
