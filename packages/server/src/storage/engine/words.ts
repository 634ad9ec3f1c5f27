/**
 * The words of SQL in which engines differ. A function of this floor writes a word into its query; the compiler of the
 * engine that runs the query puts its own SQL there (`Dialect`). So no function is told which engine it talks to.
 */
import { type Expression, ExpressionWrapper, type RawNode, type SqlBool } from 'kysely';
import type { Scope } from './memory-words.ts';

/** How the values of a list are read: engines with types must know. */
export type Kind = 'text' | 'number';

/** A value, or, in a query that is built once, the gap for it. */
type Given = string;

export type RankedMemory = { row: number; rank: number };

/** What an engine says for each word. A list comes as JSON, so that one statement takes any number of values. */
export type Dialect = {
  /** The values of a JSON list, for `where … in`. */
  inList(json: Given, kind: Kind): Expression<unknown>;
  /** A table of a JSON list of lists: a column for each of `columns`, and `place`, the number of the row from 0. */
  rowsOf(json: Given, columns: Readonly<Record<string, Kind>>): Expression<unknown>;
  /** A table of a JSON object: its names in `name`, its numbers in `amount`. */
  amountsOf(json: Given): Expression<unknown>;
  /** Whether a column has a value, where both may be null; an index on the column is used. */
  isSame(column: string, value: string | null): Expression<SqlBool>;
  /** A column whose index the planner must leave alone. */
  steer(column: string): Expression<unknown>;
  /** The larger of two numbers. */
  larger(a: Expression<number>, b: Expression<number>): Expression<number>;
  /** A field of a column with JSON, as JSON; null where there is none. */
  jsonField(column: string, field: string): Expression<string | null>;
  /** The rows that a subquery would give, as one JSON list of lists. */
  jsonRows(columns: readonly string[]): Expression<string>;
  /** Whether a text has some words in it, in any case of ASCII letters. */
  includes(column: string, words: string): Expression<SqlBool>;
  /** What tells a row of a table from its others, for pages of deletions. It may change when the row does. */
  rowOf(table: string): Expression<unknown>;
  /** A number that grows with each row that is inserted into a table. */
  arrivalIn(table: string): Expression<number>;
  /** A table of memories of a scope that have some of the words: their `row`, and `rank`, the best with the lowest. */
  rankByWords(scope: Scope, words: readonly string[]): Expression<RankedMemory>;
};

/** A word as a node of a query: `say` gives the SQL when the query is compiled. */
export type WordNode = RawNode & { readonly say: (dialect: Dialect) => Expression<unknown> };

export const isWord = (node: RawNode): node is WordNode => 'say' in node;

// biome-ignore lint/suspicious/noExplicitAny: a word fits into the query of any table.
type Word<T> = ExpressionWrapper<any, any, T>;

function word<T>(say: WordNode['say']): Word<T> {
  const node: WordNode = { kind: 'RawNode', sqlFragments: [], parameters: [], say };
  return new ExpressionWrapper(node);
}

/** For `where … in`: any number of values. */
export const inList = (values: readonly string[]): Word<string> => inJson(JSON.stringify(values));
export const inNumbers = (values: readonly number[]): Word<number> =>
  word((dialect) => dialect.inList(JSON.stringify(values), 'number'));

/** The same of a list that is JSON already, as in a query that is built once. */
export const inJson = <T extends string = string>(json: string): Word<T> =>
  word((dialect) => dialect.inList(json, 'text'));

export const rowsOf = <const Columns extends Readonly<Record<string, Kind>>>(
  rows: readonly (readonly (string | number)[])[],
  columns: Columns,
): Word<{ [Name in keyof Columns]: Columns[Name] extends 'text' ? string : number } & { place: number }> =>
  word((dialect) => dialect.rowsOf(JSON.stringify(rows), columns));

export const amountsOf = (amounts: Readonly<Record<string, number>>): Word<{ name: string; amount: number }> =>
  word((dialect) => dialect.amountsOf(JSON.stringify(amounts)));

export const isSame = (column: string, value: string | null): Word<SqlBool> =>
  word((dialect) => dialect.isSame(column, value));

export const steer = (column: string): Word<string> => word((dialect) => dialect.steer(column));

export const larger = (a: Expression<number>, b: Expression<number>): Word<number> =>
  word((dialect) => dialect.larger(a, b));

export const jsonField = (column: string, field: string): Word<string | null> =>
  word((dialect) => dialect.jsonField(column, field));

export const jsonRows = (columns: readonly string[]): Word<string> => word((dialect) => dialect.jsonRows(columns));

export const includes = (column: string, words: string): Word<SqlBool> =>
  word((dialect) => dialect.includes(column, words));

export const rowOf = (table: string): Word<unknown> => word((dialect) => dialect.rowOf(table));

export const arrivalIn = (table: string): Word<number> => word((dialect) => dialect.arrivalIn(table));

export const rankByWords = (scope: Scope, words: readonly string[]): Word<RankedMemory> =>
  word((dialect) => dialect.rankByWords(scope, words));
