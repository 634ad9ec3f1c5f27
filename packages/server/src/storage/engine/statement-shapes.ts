/**
 * Statements of few shapes. A prepared statement of a hundred rows costs a megabyte: one for each number of rows would
 * fill the memory, so rows are written in batches of powers of two, and lists travel as one parameter.
 */
import { type RawBuilder, sql } from 'kysely';

const largest = 32;

/** Rows in batches of 32, and the rest in 16, 8, 4, 2, 1; in their order. */
export function splitBatches<Row>(rows: readonly Row[]): Row[][] {
  const batches: Row[][] = [];
  let size = largest;
  for (let from = 0; from < rows.length; from += size) {
    while (size > rows.length - from) size /= 2;
    batches.push(rows.slice(from, from + size));
  }
  return batches;
}

/** For `where … in`: any number of values. */
export const inList = (values: readonly string[]): RawBuilder<string> =>
  sql<string>`(select value from json_each(${JSON.stringify(values)}))`;
