/** Puts into a book what the server has kept since the last line that came, or the last lines that it keeps. */
import type { LogBook } from './log-book.ts';
import type { Entry } from './log-line.ts';
import type { LogSource } from './log-source.ts';
import { withoutKnown } from './overlap.ts';

/** The most that the server gives at once. */
const mostKept = 1_000;
/** The server lets no line wait longer for others; and a little more. */
const batchMs = 250;

/** `listArrived`: lines that came meanwhile and are not in the book yet. Resolves with the time of the last line, where there are new ones. */
export async function fillBook(
  source: LogSource,
  book: LogBook,
  since: number | undefined,
  listArrived: () => readonly Entry[],
): Promise<number | undefined> {
  await source.subscribe();
  const { logs, total } = await source.kept({ since, limit: mostKept });
  // What is in this answer may still be on its way in a batch: then it would be there twice.
  await new Promise((resolve) => setTimeout(resolve, batchMs));
  const fresh = withoutKnown(logs, [...book.tail(mostKept), ...listArrived()]);
  const oldest = logs[0]?.time ?? Date.now();
  const left = total - logs.length;
  if (since === undefined && left > 0)
    book.addGap(
      `… ${left.toLocaleString()} older lines left out: the server keeps them and returns the last 1,000`,
      oldest,
    );
  if (since !== undefined && (logs.length === mostKept || total === 0))
    book.addGap('… the connection was lost: lines may be left out', oldest);
  book.addAll(fresh);
  return fresh.length > 0 ? (fresh.at(-1)?.time ?? 0) : undefined;
}
