/**
 * `elizad torture --project` with 200 kills and each of three seeds: the published project starter of Eliza OS, with a plugin
 * that has an instant model, one that takes time, and an action that notes when it is run.
 * `npm run prove:torture-project -- --kills 20 --seeds 1` is a trial. On a slow machine kills end after `--minutes` with each seed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeStarter } from '../official/support/eliza-project.ts';
import type { Report } from '../packages/server/src/cli/torture/report.ts';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '1,2,3' },
    'at-once': { type: 'string', default: '2' },
    minutes: { type: 'string', default: '20' },
  },
});
const main = join(import.meta.dirname, '../packages/server/src/cli/main.ts');

const questions = [
  '[[say Heard {id}.]]',
  '[[slow-say This is what I have to say of {id} .]]',
  '[[work {id}]]',
  '[[work-and-say {id}]]',
  '[[ignore]]',
  '[[fail it has no more credit]]',
];

type Ran = { readonly report: Report; readonly works: number; readonly twice: readonly string[] };

async function run(seed: string): Promise<Ran> {
  const removals: (() => unknown)[] = [];
  const folder = writeStarter({ after: (remove) => void removals.push(remove as () => unknown) });
  const within = String(Math.round(Number(values.minutes) * 60));
  const load = ['--within', within, '--clients', '4', '--rooms', '4', '--steady', '10', '--patience', '40'];
  const args = ['torture', '--project', folder, '--kills', values.kills, '--seed', seed, ...load, '--json'];
  for (const question of questions) args.push('--ask', question);
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let json = '';
  child.stdout.on('data', (text) => (json += text));
  await once(child, 'close');
  if (json === '') throw new Error(`elizad torture with seed ${seed} could not run`);
  const notes = existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n') : [];
  const works = notes.filter((line) => line.startsWith('began '));
  const twice = works.filter((line, index) => works.indexOf(line) !== index);
  for (const remove of removals) remove();
  return { report: JSON.parse(json) as Report, works: works.length, twice };
}

const seeds = values.seeds.split(',').filter(Boolean);
const ran: Ran[] = [];
const atOnce = Number(values['at-once']);
// Each waits much of the time, for its processes to start.
for (let next = 0; next < seeds.length; next += atOnce)
  ran.push(...(await Promise.all(seeds.slice(next, next + atOnce).map(run))));

const count = ({ verdicts }: Report, promise: string) =>
  verdicts.find((verdict) => verdict.promise === promise)?.count ?? 0;
const list = (counts: Readonly<Record<string, number>> = {}) =>
  Object.entries(counts)
    .map(([what, times]) => `${what} ${times}`)
    .join(', ');

function describe({ report, works, twice }: Ran): string {
  const { done, tally, project, seconds } = report;
  const hits = `killed the project ${project?.kills.project} and the server ${project?.kills.server} times in ${seconds} s (${list(project?.moments)})`;
  const did = `sent ${done.sends}, acked ${done.acks}, retries ${tally.retries}, heard ${tally.heard}, cuts ${done.cuts}, cancels ${done.cancels}`;
  const ends = `questions ended ${list(project?.ends)}, the longest after ${((project?.longestMs ?? 0) / 1_000).toFixed(1)} s; actions begun ${works}`;
  const found = `acked lost ${count(report, 'acked is durable')}, doubled ${count(report, 'once')}, out of order ${count(report, 'order')}, gaps ${count(report, 'resume')}, turns unended or given up ${count(report, 'every turn ends')}, actions run twice ${twice.length}`;
  const examples = report.verdicts
    .filter(({ holds }) => !holds)
    .flatMap(({ promise, findings }) =>
      findings.map((one) => `${promise}: ${one.count} ${one.what} (${one.examples.join('; ')})`),
    );
  const broken = [...examples, ...twice].length > 0 ? ` ${[...examples, ...twice].join('. ')}.` : '';
  return `${hits}; ${did}; ${ends}. **${found}**.${broken}${report.kept ? ` Data and log: ${report.kept}` : ''}`;
}

keepResult({
  name: 'torture-project',
  claim:
    'The agents of an Eliza OS project, its process and the server killed in turns at each step of a turn: nothing acknowledged is lost, nothing doubled, nothing out of order, every turn ends, no action is run twice, and a turn in which nothing was done is run again.',
  seeds,
  figures: ran.map((one) => [`seed ${one.report.seed}`, describe(one)] as const),
  notes: ran.some(({ report }) => report.kills < Number(values.kills))
    ? `Kills ended after ${values.minutes} minutes with each seed, before the ${values.kills} that were asked for.`
    : '',
  holds: ran.every(({ report, works, twice }) => report.broken.length === 0 && twice.length === 0 && works > 0),
});
