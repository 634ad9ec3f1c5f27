/**
 * One reader that never reads among 200 that do: what the server keeps for it is bounded, and the others do not notice.
 * A minute with it and a minute without it, in turns, in one run; server and clients are processes of their own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { io, type Socket } from 'socket.io-client';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '90' },
    rate: { type: 'string', default: '30' },
    bytes: { type: 'string', default: '8000' },
  },
});
const [readers, seconds, rate, bytes] = [values.readers, values.seconds, values.rate, values.bytes].map(Number) as [
  number,
  number,
  number,
  number,
];
/** Small, so that a turn is enough to see a reader cut off: the network alone holds some megabytes. */
const maxBacklogBytes = 1_000_000;
const turns = 3;
const allowedRatio = 1.2;
const allowedGrowthMb = 60;

const dataDir = mkdtempSync(join(tmpdir(), 'elizad-slow-readers-'));
const server = await startServer();
const roomId = crypto.randomUUID();
/**
 * Delays of each second, in ns. A machine that others share stands still now and then, for longer than one per cent of a
 * minute: so the p99 of each second is taken, and the median of those.
 */
type Seconds = RecordableHistogram[];
const without: Seconds = [];
const withIt: Seconds = [];
let current: Seconds = [];

try {
  const clients = await Promise.all(Array.from({ length: readers }, () => connect()));
  for (const client of clients) client.on('messageBroadcast', ({ metadata }) => record(metadata.at));
  const sender = await connect();
  // The first seconds warm up both processes.
  await load(sender, 10, []);
  const rssBefore = readRss(server.process);
  let rssMost = 0;
  for (let turn = 1; turn <= turns; turn++) {
    await load(sender, seconds / turns / 2, without);
    const slow = await connect();
    (slow.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }).ws._socket.pause();
    rssMost = Math.max(rssMost, await load(sender, seconds / turns, withIt));
    slow.close();
    await load(sender, seconds / turns / 2, without);
  }
  const cuts = server.output().split('that reads too slowly').length - 1;
  const ratio = describe(withIt).median / describe(without).median;
  const growth = rssMost - rssBefore;
  keepResult({
    name: 'slow-readers',
    claim: `One reader that never reads, ${readers} that do, ${seconds} s of load: memory is bounded, and the others' p99, of the median second, is within ${allowedRatio} times what it is without.`,
    seeds: [],
    figures: [
      ['load', `${rate} messages/s of ${bytes} bytes to ${readers + 1} sockets, each stored durably`],
      ['deliveries measured', both(({ count }) => String(count))],
      ['p50 send → heard', both(({ p50 }) => ms(p50))],
      ['p99 send → heard, of a second: the median second', both(({ median }) => ms(median))],
      ['ratio of the two', ratio.toFixed(2)],
      ['p99 of a second: the worst second of ten', both(({ worst }) => ms(worst))],
      ['p99 of all deliveries', both(({ p99 }) => ms(p99))],
      [`of ${turns} such readers were cut off, and the log says why`, String(cuts)],
      ['limit (MAX_BACKLOG_BYTES)', `${maxBacklogBytes / 1e6} MB`],
      ['RSS of the server before it came, most while it was there', `${rssBefore} MB, ${rssMost} MB`],
    ],
    holds: ratio <= allowedRatio && growth <= allowedGrowthMb && cuts === turns,
  });
  for (const client of [...clients, sender]) client.close();
} finally {
  server.process.kill('SIGKILL');
  await once(server.process, 'close');
  rmSync(dataDir, { recursive: true, force: true });
}

async function startServer() {
  const main = join(import.meta.dirname, '../packages/server/src/cli/main.ts');
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--data', dataDir], {
    env: { PATH: process.env.PATH, MAX_BACKLOG_BYTES: String(maxBacklogBytes) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = new Promise<string>((resolve, reject) => {
    const read = (text: Buffer) => {
      output += text;
      const found = /url\s+(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return { process: child, url: await url, output: () => output };
}

async function connect(): Promise<Socket> {
  const socket = io(server.url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await socket.emitWithAck('join', { roomId });
  return socket;
}

/** Sends at an even rate for some seconds; returns the most memory that the server was seen with, in MB. */
async function load(sender: Socket, forSeconds: number, delays: Seconds): Promise<number> {
  current = delays;
  const text = 'x'.repeat(bytes);
  const total = Math.round(forSeconds * rate);
  const began = performance.now();
  let most = 0;
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
    for (; sent < due; sent++) {
      if (sent % rate === 0) delays.push(createHistogram());
      sender.emit('message', { roomId, text, metadata: { at: performance.now() } });
    }
    if (sent % rate === 0) most = Math.max(most, readRss(server.process));
    if (process.stdout.isTTY) process.stdout.write(`\r${sent}/${total} sent, RSS ${most} MB   `);
    await new Promise((resolve) => setTimeout(resolve, 1000 / rate / 2));
  }
  // Acknowledged after all before it: nothing of this part is counted in the next.
  await sender.emitWithAck('message', { roomId, text: 'the end', metadata: { at: performance.now() } });
  return most;
}

function record(at: number): void {
  current.at(-1)?.record(Math.max(1, Math.round((performance.now() - at) * 1e6)));
}

/** Delays in ms: of all deliveries, and the p99 of the median second and of the worst of ten. */
function describe(delays: Seconds) {
  const all = createHistogram();
  for (const second of delays) all.add(second);
  const perSecond = delays.map((second) => second.percentile(99) / 1e6).sort((a, b) => a - b);
  const at = (share: number) => perSecond[Math.floor(share * (perSecond.length - 1))] ?? Number.NaN;
  return {
    count: all.count,
    p50: all.percentile(50) / 1e6,
    p99: all.percentile(99) / 1e6,
    median: at(0.5),
    worst: at(0.9),
  };
}

/** A figure without the slow reader, and with it. */
function both(show: (delays: ReturnType<typeof describe>) => string): string {
  return `without it ${show(describe(without))}, with it ${show(describe(withIt))}`;
}

function ms(figure: number): string {
  return `${figure.toFixed(2)} ms`;
}

function readRss({ pid }: ChildProcess): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1000);
}
