/**
 * Two hours at 300 messages a second, with visitors who come once: nothing of the server grows in the second hour but its disk,
 * and nothing is lost. `npm run prove:soak -- --minutes 10` is a trial.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawChart } from '../bench/chart.ts';
import { startLoad } from '../bench/processes.ts';
import { type MeasuredServer, startMeasuredServer } from './measured-server.ts';
import { keepResult } from './result.ts';
import type { SoakCommands } from './soak/load.ts';
import { checkStore } from './soak/store.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '120' },
    /** Messages a second of residents, and visitors a second, who say one thing each. */
    residents: { type: 'string', default: '280' },
    visitors: { type: 'string', default: '20' },
  },
});
const minutes = Number(values.minutes);
const [residentRate, visitorRate] = [Number(values.residents), Number(values.visitors)];
/** So much may what should be flat have grown over the second half, as the line through all looks says. */
const mostDrift = 0.05;
const lookEveryMs = 60_000;

const nameOf = { heap: 'heap after garbage collection', handles: 'handles', files: 'open files' };
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** One look: minutes since the beginning; MB; numbers. */
type Look = { at: number; heap: number; rss: number; handles: number; files: number; disk: number; acked: number };

const server = await startMeasuredServer({ LOG_LEVEL: 'info', MAX_SENDS_PER_SECOND: '100000' });
await using load = startLoad<SoakCommands>('../prove/soak/load.ts');
const agents = (await (await fetch(`${server.url}/api/agents`)).json()) as { data: { agents: { id: string }[] } };
const agentId = agents.data.agents[0]?.id;
if (!agentId) throw new Error('the server has no agent');
await load.ask('begin', { url: server.url, agentId, residentRate, visitorRate });
const began = performance.now();
const looks: Look[] = [];
for (let next = lookEveryMs; next <= minutes * 60_000; next += lookEveryMs) {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + next - performance.now())));
  looks.push(await look());
}
const tally = await load.ask('end', {} as never);
const seconds = (performance.now() - began) / 1_000;
const { dataDir, health } = server;
const store = checkStore(join(dataDir, 'elizad.sqlite'), tally);
await server.stop();

const late = looks.filter(({ at }) => at > minutes / 2);
const drifts = (['heap', 'handles', 'files'] as const).map((what) => ({ what, drift: driftOf(late, what) }));
const [first, last] = [late[0] as Look, late.at(-1) as Look];
const bytesPerMessage = ((last.disk - first.disk) * 1e6) / (last.acked - first.acked);
const picture = {
  file: 'soak',
  title: 'Two hours at 300 messages a second, with visitors who come once',
  x: 'minutes',
  y: 'MB after garbage collection',
  isLinear: true,
  lines: [
    { name: 'heap', points: looks.map(({ at, heap }) => [at, heap] as const) },
    { name: 'resident memory', points: looks.map(({ at, rss }) => [at, rss] as const) },
  ],
};
writeFileSync(join(import.meta.dirname, 'results/soak.svg'), drawChart(picture));
const isWell = health.death === undefined && health.uncaughtExceptions + health.unhandledRejections === 0;
const holds =
  isWell &&
  health.errors === 0 &&
  store.faults.length === 0 &&
  tally.outOfOrder + tally.refused + tally.cutOff === 0 &&
  drifts.every(({ drift }) => drift <= mostDrift);

keepResult({
  name: 'soak',
  claim: `For ${minutes} minutes, ${residentRate + visitorRate} messages a second and ${visitorRate} visitors a second: nothing is lost, and in the second half nothing grows but the disk.`,
  seeds: [],
  figures: [
    [
      'done',
      `${tally.acked.toLocaleString('en')} of ${tally.sent.toLocaleString('en')} messages acknowledged in ${seconds.toFixed(0)} s (${(tally.acked / seconds).toFixed(0)}/s), ${tally.visitors.toLocaleString('en')} visitors with names and rooms of their own, ${tally.asked.toLocaleString('en')} of them asked an agent`,
    ],
    ['lost, doubled, out of order', store.faults.length === 0 ? `nothing; ${store.checked}` : store.faults.join('; ')],
    ['heard out of order, refused, cut off', `${tally.outOfOrder}, ${tally.refused}, ${tally.cutOff}`],
    ...tally.refusals.map(([reason, times]) => [`refused, ${times} times`, reason] as const),
    ...drifts.map(
      ({ what, drift }) =>
        [`${nameOf[what]}, over the second half`, `${percent(drift)} (≤ ${percent(mostDrift)})`] as const,
    ),
    ...[0.25, 0.5, 0.75, 1].map((part) => {
      const one = looks[Math.max(0, Math.round(part * looks.length) - 1)] as Look;
      return [
        `after ${one.at.toFixed(0)} minutes`,
        `heap ${one.heap.toFixed(1)} MB, resident ${one.rss.toFixed(0)} MB, ${one.handles} handles, ${one.files} files, disk ${one.disk.toFixed(0)} MB`,
      ] as const;
    }),
    [
      'disk for each acknowledged message, second half',
      `${bytesPerMessage.toFixed(0)} bytes, with answers, turns, traces and the log`,
    ],
    ...store.rows.map(([table, rows]) => [`rows of ${table}`, rows.toLocaleString('en')] as const),
    ['errors in the log', String(health.errors)],
  ],
  holds,
  notes: '![heap and resident memory](soak.svg)',
});
process.exit();

async function look(): Promise<Look> {
  const { heapUsed, rss, resources } = await server.ask('memory');
  const { acked } = await load.ask('look', {} as never);
  const one = {
    at: (performance.now() - began) / 60_000,
    heap: heapUsed / 1e6,
    rss: rss / 1e6,
    handles: resources,
    files: readdirSync(`/proc/${server.pid}/fd`).length,
    disk: sizeOf(server),
    acked,
  };
  process.stderr.write(
    `${one.at.toFixed(0).padStart(4)} min  heap ${one.heap.toFixed(1)} MB  resident ${one.rss.toFixed(0)} MB  handles ${one.handles}  files ${one.files}  disk ${one.disk.toFixed(0)} MB  acked ${acked}\n`,
  );
  return one;
}

/** The share by which the line of least squares through the looks rises from its beginning to its end. */
function driftOf(all: Look[], what: keyof Look): number {
  const mean = (of: (one: Look) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const [x, y] = [mean(({ at }) => at), mean((one) => one[what])];
  const slope = mean((one) => (one.at - x) * (one[what] - y)) / (mean(({ at }) => (at - x) ** 2) || 1);
  return (slope * ((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0))) / y;
}

/** In MB: the store with its log, and the kept log. */
function sizeOf({ dataDir }: MeasuredServer): number {
  const names = readdirSync(dataDir).filter((name) => /^elizad.*\.sqlite/.test(name));
  return (
    names.reduce((sum, name) => sum + (statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0), 0) / 1e6
  );
}
