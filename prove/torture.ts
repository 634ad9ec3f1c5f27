/**
 * `elizad torture` with 200 kills and each of four seeds, and of two more with the stock fan-out of Socket.IO.
 * `npm run prove:torture -- --kills 20 --seeds 1,2 --stock 3` is a trial.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '../packages/server/src/cli/torture/report.ts';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '1,2,3,4' },
    stock: { type: 'string', default: '5,6' },
  },
});
const main = join(import.meta.dirname, '../packages/server/src/cli/main.ts');

type Plan = { seed: string; fanOut: 'batched' | 'stock' };

async function run({ seed, fanOut }: Plan): Promise<Report> {
  const args = ['torture', '--kills', values.kills, '--steady', '30', '--seed', seed, '--json'];
  const env = { ...process.env, ELIZAD_FAN_OUT: fanOut };
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
  let json = '';
  child.stdout.on('data', (text) => (json += text));
  await once(child, 'close');
  if (json === '') throw new Error(`elizad torture with seed ${seed} could not run`);
  return JSON.parse(json) as Report;
}

const plan = (seeds: string, fanOut: Plan['fanOut']): Plan[] =>
  seeds
    .split(',')
    .filter(Boolean)
    .map((seed) => ({ seed, fanOut }));
const plans = [...plan(values.seeds, 'batched'), ...plan(values.stock, 'stock')];
const reports: Report[] = [];
// Two at a time: each waits most of the time, for its server to start.
for (let next = 0; next < plans.length; next += 2)
  reports.push(...(await Promise.all(plans.slice(next, next + 2).map(run))));

/** How often a promise was broken. */
const count = ({ verdicts }: Report, promise: string) =>
  verdicts.find((verdict) => verdict.promise === promise)?.count ?? 0;

const describe = (report: Report) => {
  const { done, tally, heardAgain, kills, seconds, memory } = report;
  const did = `${kills} kills in ${seconds} s; sent ${done.sends}, acked ${done.acks}, retries ${tally.retries}, heard ${tally.heard}, cuts ${done.cuts}, stalled readers ${done.stalls}, cancels ${done.cancels}; recovered true ${tally.resumed}, false ${tally.fresh}; heard again, as allowed ${heardAgain}`;
  const found = `acked lost ${count(report, 'acked is durable')}, doubled ${count(report, 'once')}, out of order ${count(report, 'order')}, gaps ${count(report, 'resume')}, unended turns ${count(report, 'every turn ends')}`;
  const kept = memory
    ? `${memory.before.kept.toFixed(1)} → ${memory.after.kept.toFixed(1)} MB over ${memory.messages} messages`
    : 'not measured';
  const examples = report.verdicts
    .flatMap(({ findings }) => findings)
    .map(({ what, count, examples }) => `${count} ${what} (${examples.join('; ')})`);
  const broken = report.broken.length > 0 ? ` ${examples.join('. ')}.` : '';
  return `${did}. **${found}**.${broken} Memory kept ${kept}${report.kept ? `. Data and log: ${report.kept}` : ''}`;
};

keepResult({
  name: 'torture',
  claim:
    'Killed with SIGKILL at random moments, cut off, retried, stalled, with a model that fails at each step: nothing acknowledged is lost, nothing doubled, nothing out of order, no gap, and every turn ends.',
  seeds: plans.map(({ seed }) => seed),
  figures: reports.map((report, index) => {
    const isStock = plans[index]?.fanOut === 'stock';
    return [`seed ${report.seed}${isStock ? ', ELIZAD_FAN_OUT=stock' : ''}`, describe(report)] as const;
  }),
  holds: reports.every(({ broken }) => broken.length === 0),
});
