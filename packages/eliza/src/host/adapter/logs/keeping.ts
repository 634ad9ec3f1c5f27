/**
 * Logs on their way into the file: those of a few ms together, since each transaction costs more than a row. Only the newest
 * are kept, by number and by size.
 */
import type { Store } from '../engine/store.ts';

export type LogRow = {
  readonly createdAt: number;
  readonly entityId: string;
  readonly roomId: string;
  readonly type: string;
  readonly runId: string | null;
  readonly body: string;
};

export type Keeping = {
  add(row: LogRow): void;
  /** Writes what waits. Everybody calls it who reads or deletes logs. */
  flush(): void;
};

const mostLogs = 10_000;
const mostBytes = 50_000_000;
/** Older ones are deleted once for so many new ones. */
const betweenDeletions = 100;
const waitMs = 50;

/** Logs that were written together: the number of the last row, how many, and their size. */
type Group = { readonly lastRow: number; readonly count: number; readonly bytes: number };

export function createKeeping(store: Store): Keeping {
  let waiting: LogRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  let groups: Group[] | undefined;
  let count = 0;
  let bytes = 0;
  store.onFlush(flush);
  store.onShift(() => {
    // Others have deleted some, or written: to count them again takes a few ms.
    groups = undefined;
  });

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    store.transact(() => {
      groups ??= countKept();
      for (const { createdAt, entityId, roomId, type, runId, body } of rows)
        store.run(
          'INSERT INTO logs (created_at, entity_id, room_id, type, run_id, body) VALUES (?, ?, ?, ?, ?, ?)',
          createdAt,
          entityId,
          roomId,
          type,
          runId,
          body,
        );
      const lastRow = store.find<{ row: number }>('SELECT max(row) AS row FROM logs')?.row ?? 0;
      const size = rows.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
      count += rows.length;
      bytes += size;
      groups.push({ lastRow, count: rows.length, bytes: size });
      deleteOldest(groups);
    });
  }

  function countKept(): Group[] {
    const kept: Group[] = [];
    const add = (lastRow: number, some: number, size: number) => {
      kept.push({ lastRow, count: some, bytes: size });
      count += some;
      bytes += size;
    };
    count = 0;
    bytes = 0;
    let [last, some, size] = [0, 0, 0];
    // The length of a text is known without reading it.
    for (const one of store.each<Sized>('SELECT row, octet_length(body) AS bytes FROM logs ORDER BY row')) {
      [last, some, size] = [one.row, some + 1, size + one.bytes];
      if (some < betweenDeletions) continue;
      add(last, some, size);
      [some, size] = [0, 0];
    }
    if (some > 0) add(last, some, size);
    return kept;
  }

  function deleteOldest(kept: Group[]): void {
    if (count < mostLogs + betweenDeletions && bytes <= mostBytes) return;
    let lastRow: number | undefined;
    for (let [oldest] = kept; oldest; [oldest] = kept) {
      if (count - oldest.count < mostLogs && bytes <= mostBytes) break;
      kept.shift();
      count -= oldest.count;
      bytes -= oldest.bytes;
      lastRow = oldest.lastRow;
    }
    if (lastRow !== undefined) store.run('DELETE FROM logs WHERE row <= ?', lastRow);
  }

  return {
    flush,
    add(row) {
      waiting.push(row);
      if (waiting.length >= betweenDeletions) flush();
      else timer ??= setTimeout(flushLater, waitMs).unref();
    },
  };

  /** Nobody waits for a log. What fails is a rejection that nobody takes, which the host logs: an exception would end it. */
  async function flushLater(): Promise<void> {
    flush();
  }
}

type Sized = { row: number; bytes: number };
