/**
 * Statements of few shapes. A prepared statement of a hundred rows costs a megabyte: one for each number of rows would
 * fill the memory, so rows are written in batches of powers of two. Lists travel as one parameter (words.ts).
 */

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
