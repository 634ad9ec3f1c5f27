/** What a year leaves is forgotten while others are served: how long they wait for it at most. */
import { sql } from 'kysely';
import { openSqlite } from '../../packages/server/src/storage/engine/sqlite/sqlite.ts';
import { deleteOldTraces } from '../../packages/server/src/storage/turns/traces.ts';
import type { Mission, MissionOptions } from './mission.ts';
import { makeFolder } from './served.ts';

const [rows, left] = [1_000_000, 900_000];
const mostPauseMs = 500;

export async function forgetMillions({ progress }: MissionOptions): Promise<Mission[]> {
  progress(`${rows} traces are written`);
  using folder = makeFolder();
  const { db, close } = await openSqlite(folder.path);
  await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
    insert into traces (turn_id, agent_id, channel_id, message_id, started_at, ended_at, outcome, model, input_tokens,
      output_tokens, cost, stages)
    select 't' || i, 'a' || (i % 50), 'c' || (i % 1000), 'm' || i, i, i, 'answered', 'm', 0, 0, null,
      '[{"stage":"first-piece","ms":1}]' from n`.execute(db);
  progress(`${rows - left} of them are forgotten`);
  let longest = 0;
  let last = performance.now();
  const look = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  const began = performance.now();
  await deleteOldTraces(db, { before: 0, most: left });
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(look);
  const { n } = await db
    .selectFrom('traces')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  await close();
  return [
    {
      name: `${rows - left} of ${rows} traces forgotten`,
      holds: n === left && longest < mostPauseMs,
      figures: `${seconds.toFixed(1)} s; others wait ${longest.toFixed(0)} ms at most (< ${mostPauseMs}); ${n} left`,
    },
  ];
}
