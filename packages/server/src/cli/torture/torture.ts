/**
 * `elizad torture`: do the promises hold? Stock clients against a server that is killed, cut off and failed, or against a
 * server at a URL, and a ledger of its own that says what came of it. A stranger to the server: it knows the wire, no more.
 */
import { resolve } from 'node:path';
import { findClientKey, SettingError } from '../../config.ts';
import { toTerminalText } from '../../observability/terminal-text.ts';
import { createChance } from './chance.ts';
import { openModelServer } from './model-server.ts';
import { formatReport, type Report } from './report.ts';
import { type Outcome, runTorture, type TortureOptions } from './run.ts';
import { CannotStart, prepareServer } from './server-process.ts';
import { judgeRun } from './verdict.ts';

type Flags = {
  kills?: string;
  seconds?: string;
  seed?: string;
  clients?: string;
  rooms?: string;
  steady?: string;
  patience?: string;
  apiKey?: string;
  apiKeyFile?: string;
  project?: string;
  ask?: string[];
  within?: string;
  json?: true;
};

/** Options that cannot be used together, or are no numbers. */
class WrongOption extends Error {}

export async function torture(url: string | undefined, flags: Flags): Promise<void> {
  try {
    const options = readOptions(url, flags);
    const { project } = flags;
    const report = url === undefined ? await tortureOwn(options, project) : await tortureOther(options, url);
    const inColour = process.stdout.isTTY === true;
    process.stdout.write(
      flags.json ? `${toTerminalText(JSON.stringify(report, null, 2))}\n` : formatReport(report, inColour),
    );
    process.exitCode = report.broken.length === 0 ? 0 : 1;
  } catch (error) {
    if (![WrongOption, CannotStart, SettingError].some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`elizad: ${toTerminalText((error as Error).message)}\n`);
    process.exitCode = 2;
  }
}

function readOptions(url: string | undefined, flags: Flags): TortureOptions {
  const read = (name: keyof Flags, otherwise: number, least: number, most: number) => {
    const given = flags[name];
    const value = given === undefined ? otherwise : Number(given);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new WrongOption(
      `--${name}: ${JSON.stringify(given)} is not accepted. Expected: a whole number from ${least} to ${most}.`,
    );
  };
  if (url !== undefined && flags.kills !== undefined)
    throw new WrongOption(
      '--kills: a server at a URL is not killed. Omit --kills, or omit the URL to test a server of its own.',
    );
  if (flags.project === undefined ? flags.ask !== undefined : url !== undefined)
    throw new WrongOption(
      flags.project === undefined
        ? '--ask: only an agent of a project is asked something. Add --project with its folder, or omit --ask.'
        : '--project: it is run by a server that is killed. Omit the URL.',
    );
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new WrongOption(`${JSON.stringify(url)} is not a URL. Expected: a URL such as http://localhost:3000.`);
  return {
    kills: url === undefined ? read('kills', 20, 0, 100_000) : 0,
    seconds: read('seconds', 30, 1, 86_400),
    seed: read('seed', Math.floor(Math.random() * 1_000_000), 0, 2 ** 31 - 1),
    clients: read('clients', 12, 1, 1_000),
    rooms: read('rooms', 4, 1, 1_000),
    steady: read('steady', 10, 1, 86_400),
    patience: read('patience', 20, 1, 3_600),
    apiKey: flags.apiKey ?? findClientKey(flags.apiKeyFile),
    withinSeconds: read('within', 86_400, 1, 86_400),
    questions: flags.project === undefined ? [] : (flags.ask ?? [plainQuestion]),
  };
}

const plainQuestion = 'Please answer in one short sentence.';

async function tortureOwn(options: TortureOptions, project: string | undefined): Promise<Report> {
  const model = project === undefined ? await openModelServer(createChance(options.seed, 1)) : undefined;
  const server = prepareServer(model ? { modelUrl: model.url } : { project: resolve(project ?? '') });
  let mustKeep = false;
  const close = () => {
    model?.close();
    return server.close(mustKeep);
  };
  stopBySignal(close);
  try {
    await server.start();
    const outcome = await runTorture({ ...options, apiKey: undefined }, server.url, server);
    const again = project === undefined ? '' : ` --project ${project}`;
    const report = toReport(options, server.url, undefined, outcome, Object.fromEntries(model?.counts ?? []), again);
    mustKeep = report.broken.length > 0;
    return mustKeep ? { ...report, kept: server.dir } : report;
  } finally {
    await close();
  }
}

async function tortureOther(options: TortureOptions, url: string): Promise<Report> {
  stopBySignal(async () => {});
  return toReport(options, url, url, await runTorture(options, url), {});
}

function toReport(
  options: TortureOptions,
  target: string,
  url: string | undefined,
  outcome: Outcome,
  model: Record<string, number>,
  more = '',
): Report {
  const { findings, tally, ...rest } = outcome;
  const { refusals, ...counts } = tally;
  const verdicts = judgeRun(outcome);
  const broken = verdicts.filter(({ holds }) => !holds).map(({ promise }) => promise);
  const again = describeCommand(options, url) + more;
  return { target, seed: options.seed, ...rest, tally: counts, model, verdicts, broken, again };
}

function describeCommand(
  { kills, seconds, seed, clients, rooms, steady }: TortureOptions,
  url: string | undefined,
): string {
  const parts = [
    'elizad torture',
    url ?? `--kills ${kills}`,
    ...(kills > 0 ? [] : [`--seconds ${seconds}`]),
    ...(url === undefined ? [`--steady ${steady}`] : []),
    `--seed ${seed} --clients ${clients} --rooms ${rooms}`,
  ];
  return parts.join(' ');
}

/** Nothing that was started outlives the run. */
function stopBySignal(close: () => Promise<unknown>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
}
