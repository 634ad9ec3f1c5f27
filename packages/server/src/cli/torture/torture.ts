/**
 * `elizad torture`: do the promises hold? Stock clients against a server that is killed, cut off and failed, or against a
 * server at a URL, and a ledger of its own that says what came of it. A stranger to the server: it knows the wire, no more.
 */
import { createChance } from './chance.ts';
import { openModelServer } from './model-server.ts';
import { formatReport } from './report.ts';
import { runTorture, type TortureOptions } from './run.ts';
import { CannotStart, type ServerProcess, startServer } from './server-process.ts';

type Flags = {
  kills?: string;
  seconds?: string;
  seed?: string;
  clients?: string;
  rooms?: string;
  steady?: string;
  patience?: string;
  apiKey?: string;
  json?: true;
};

/** Options that cannot be used together, or are no numbers. */
class WrongOption extends Error {}

export async function torture(url: string | undefined, flags: Flags): Promise<void> {
  const isTerminal = process.stdout.isTTY === true && !flags.json;
  try {
    const options = readOptions(url, flags);
    const { report, close } = url === undefined ? await tortureOwn(options) : await tortureOther(options, url);
    const holds = report.broken.length === 0;
    const kept = await close(!holds);
    process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, isTerminal));
    if (kept) process.stderr.write(`  the server's data and log are kept in ${kept}\n\n`);
    process.exitCode = holds ? 0 : 1;
  } catch (error) {
    if (!(error instanceof WrongOption || error instanceof CannotStart)) throw error;
    process.stderr.write(`elizad: ${error.message}\n`);
    process.exitCode = 2;
  }
}

function readOptions(url: string | undefined, flags: Flags): TortureOptions {
  const read = (name: keyof Flags, otherwise: number, least: number, most: number) => {
    const given = flags[name];
    const value = given === undefined ? otherwise : Number(given);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new WrongOption(
      `--${name}: ${JSON.stringify(given)} is not accepted. It takes a whole number from ${least} to ${most}.`,
    );
  };
  if (url !== undefined && flags.kills !== undefined)
    throw new WrongOption(
      '--kills: a server at a URL is not killed. Leave --kills out, or leave the URL out to torture a server of its own.',
    );
  return {
    kills: url === undefined ? read('kills', 20, 0, 100_000) : 0,
    seconds: read('seconds', 30, 1, 86_400),
    seed: read('seed', Math.floor(Math.random() * 1_000_000), 0, 2 ** 31 - 1),
    clients: read('clients', 12, 1, 1_000),
    rooms: read('rooms', 4, 1, 1_000),
    steady: read('steady', 10, 1, 86_400),
    patience: read('patience', 20, 1, 3_600),
    apiKey: flags.apiKey ?? process.env.ELIZAD_API_KEY,
  };
}

async function tortureOwn(options: TortureOptions) {
  const model = await openModelServer(createChance(options.seed, 1));
  let server: ServerProcess;
  try {
    server = await startServer(model.url);
  } catch (error) {
    model.close();
    throw error;
  }
  const close = async (keep: boolean) => {
    model.close();
    await server.close(keep);
    return keep ? server.dir : undefined;
  };
  stopBySignal(() => close(false));
  const report = await runTorture({ ...options, apiKey: undefined }, server.url, { server, modelCounts: model.counts });
  return { report, close };
}

async function tortureOther(options: TortureOptions, url: string) {
  stopBySignal(async () => {});
  const report = await runTorture(options, url, {});
  return { report, close: async () => undefined };
}

/** Nothing that was started outlives the run. */
function stopBySignal(close: () => Promise<unknown>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(130)));
}
