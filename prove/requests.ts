/**
 * 20,000 requests made from the rows of the HTTP API, about what is there, one in four of them wrong somewhere: none is
 * answered with 500, and each as its row says. `npm run prove:requests -- --requests 2000 --seed 7` is a trial.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type RestRowName, restRows } from 'elizad-protocol/rest';
import { type RequestRun, runRequests } from '../packages/server/tests/support/request-run.ts';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const main = join(import.meta.dirname, '../packages/server/src/cli/main.ts');

/** Rows that no request of this run can go well with, and why. */
const neverWell: Partial<Record<RestRowName, string>> = {
  'stop-server': 'it ends the server: left out',
  'get-websocket': 'its answer is the upgrade to a socket',
  'get-attestation': 'there is no such hardware here',
  'list-tee-agents': 'there is no such hardware here',
  'get-tee-agent': 'there is no such hardware here',
  'transcribe-audio': 'there is no model that hears here',
  'send-audio-message': 'there is no model that hears here',
  'process-audio': 'there is no model that hears here',
  'synthesize-audio': 'there is no model that speaks here',
  'speak-conversation': 'there is no model that speaks here',
  'speak-answer': 'there is no model that speaks here',
};

const data = mkdtempSync(join(tmpdir(), 'elizad-requests-'));
const env = {
  PATH: process.env.PATH,
  LOG_LEVEL: 'error',
  REST_REQUESTS_PER_MINUTE: '0',
  TURN_TIMEOUT_MS: '2000',
  ELIZAD_ENV_WRITE: 'on',
};
const server = spawn(process.execPath, [main, 'serve', '--port', '0', '--data', data], {
  env,
  cwd: data,
  stdio: ['ignore', 'pipe', 'pipe'],
});
process.on('exit', () => server.kill('SIGKILL'));
let output = '';
const url = await findUrl(server);
const isTerminal = process.stdout.isTTY === true;
const seed = Number(values.seed);
const run = await runRequests(url, {
  count: Number(values.requests),
  seed,
  showProgress: ({ sent, faults }) => {
    const line = `${sent} of ${values.requests} requests, ${faults.length} faults`;
    if (isTerminal) process.stdout.write(`\r\x1b[K${line}`);
    else if (sent % 1_000 === 0) process.stdout.write(`${line}\n`);
  },
});
if (isTerminal) process.stdout.write('\n');
const isAlive = server.exitCode === null && (await fetch(`${url}/api/server/ping`)).ok;
const hasFailed = /a request failed|unhandled|uncaught/i.test(output);
if (hasFailed) process.stdout.write(output);
server.kill('SIGTERM');
await once(server, 'close');
rmSync(data, { recursive: true, force: true });
for (const fault of run.faults) process.stdout.write(`${fault}\n`);
const dull = listDull(run);
const unexpected = dull.filter((row) => !(row in neverWell));

const share = (from: number, to: number) =>
  [...run.statuses].reduce((sum, [status, many]) => sum + (status >= from && status < to ? many : 0), 0);
const format = (figure: number) => figure.toLocaleString('en');
keepResult({
  name: 'requests',
  claim:
    'Requests made from the rows of the HTTP API, about what is there, one in four wrong somewhere: each is answered as its row says, and none with 500.',
  seeds: [seed],
  figures: [
    ['requests', format(run.sent)],
    ['answered 2xx', format(share(200, 300))],
    ['answered 4xx', format(share(400, 500))],
    ['answered 500', format(run.statuses.get(500) ?? 0)],
    ['answered 501, 502, 503, 504: what is not here, or not now', format(share(501, 600))],
    ['answered otherwise than the row says, or not at all', format(run.faults.length)],
    ['rows', format(Object.keys(restRows).length)],
    ['rows that were never answered 2xx', dull.map((row) => `${row} (${neverWell[row] ?? 'not expected'})`).join('; ')],
  ],
  holds: run.faults.length === 0 && unexpected.length === 0 && isAlive && !hasFailed,
});

function listDull({ rows }: RequestRun): RestRowName[] {
  const names = Object.keys(restRows) as RestRowName[];
  return names.filter((name) => ![...(rows.get(name)?.keys() ?? [])].some((status) => status >= 200 && status < 300));
}

function findUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        output += text;
        const found = /url\s+(http:\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      });
    child.once('close', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
}
