/** What the store says of a soak: whether everything that was acknowledged is there, once, and every turn has ended. */
import { DatabaseSync } from 'node:sqlite';
import type { Tally } from './load.ts';

export type Checked = { faults: string[]; checked: string; rows: [table: string, rows: number][] };

const tables = ['messages', 'channels', 'participants', 'turns', 'traces', 'completions', 'sessions', 'memories'];

export function checkStore(path: string, tally: Tally): Checked {
  const file = new DatabaseSync(path, { readOnly: true });
  const faults: string[] = [];
  const count = (sql: string, ...values: string[]): number =>
    Number(Object.values(file.prepare(sql).get(...values) ?? {})[0]);
  try {
    for (const { roomId, acked, lastHeard } of tally.rooms) {
      const row = file.prepare('select count(*) as n, max(seq) as last from messages where channel_id = ?').get(roomId);
      const [n, last] = [Number(row?.n), Number(row?.last)];
      if (n !== acked || last !== acked)
        faults.push(`${acked} acknowledged in a room, ${n} stored, the last is ${last}`);
      const behind = lastHeard.filter((seq) => seq !== acked).length;
      if (behind > 0) faults.push(`${behind} residents have not heard all of a room`);
    }
    for (const { roomId, asked } of tally.visits) {
      const n = count('select count(*) from messages where channel_id = ?', roomId);
      if (n !== (asked ? 2 : 1)) faults.push(`${n} messages in the room of a visitor${asked ? ' who asked' : ''}`);
    }
    const open = count("select count(*) from turns where state != 'ended'");
    if (open > 0) faults.push(`${open} turns have not ended`);
    const failed = count("select count(*) from turns where outcome != 'answered'");
    if (failed > 0) faults.push(`${failed} turns were not answered`);
    return {
      faults: faults.slice(0, 20),
      checked: `${tally.rooms.length} rooms, ${tally.visits.length} of the visits, all turns`,
      rows: tables.map((table) => [table, count(`select count(*) from ${table}`)]),
    };
  } finally {
    file.close();
  }
}
