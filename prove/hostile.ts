/**
 * A million malformed, oversized, mistyped and hostile packets, on every layer: the server stays up, serves a well-behaved
 * client throughout, and holds no more memory than before.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layers } from './hostile/packets/packet.ts';
import { type HostileReport, runHostile } from './hostile/run.ts';
import { seeds } from './hostile/seeds.ts';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '64' },
  },
});
const packets = Number(values.packets);
const seed = Number(values.seed);
const allowedGrowth = 5_000_000;
const count = (figure: number) => Math.round(figure).toLocaleString('en');
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const isTerminal = process.stdout.isTTY === true;

async function run(share: number, isKeyed: boolean): Promise<HostileReport> {
  const report = await runHostile({
    packets: packets * share,
    seed,
    lanes: Number(values.lanes),
    isKeyed,
    allowedGrowth,
    measuresMemory: true,
    showProgress: (line) => process.stdout.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`),
  });
  if (isTerminal) process.stdout.write('\n');
  const { failures, tally, health, growth } = report;
  const grown = growth.slice(0, 12).map(({ kind, before, after }) => `${before} → ${after} ${kind}`);
  for (const line of [...failures, ...health.evidence, ...grown]) process.stdout.write(`${line}\n`);
  if (tally.incidents.length > 0) {
    const path = join(tmpdir(), `hostile-incidents-${Date.now()}.json`);
    writeFileSync(path, JSON.stringify(tally.incidents, undefined, 1));
    process.stdout.write(`incidents, with what was sent: ${path}\n`);
  }
  return report;
}

const open = await run(0.8, false);
const keyed = await run(0.2, true);
keepResult({
  name: 'hostile',
  claim: `${count(packets)} malformed, oversized, mistyped and hostile packets: nothing crashes, nothing grows, nobody else is harmed.`,
  seeds: [seed],
  figures: [
    ['inputs replayed that once broke something', String(seeds.length)],
    ...describe(open),
    ...describe(keyed).map(([what, figure]): [string, string] => [`with a key, strangers: ${what}`, figure]),
  ],
  holds: open.failures.length + keyed.failures.length === 0,
});

function describe({
  tally,
  health,
  canary,
  before,
  after,
  left,
  rate,
  stored,
  forged,
}: HostileReport): [string, string][] {
  const growth = after.heapUsed - before.heapUsed;
  return [
    ['packets sent', count(tally.sent.total)],
    ...Object.entries(layers)
      .filter(([layer]) => tally.sent.by[layer])
      .map(([layer, what]): [string, string] => [`of these: ${what}`, count(tally.sent.by[layer] ?? 0)]),
    ['packets/s', count(rate)],
    ['errors answered, by code', `${count(tally.errors.total)}: ${tally.errors}`],
    ['acknowledgements', String(tally.acks)],
    ['HTTP answers, by status', String(tally.statuses)],
    ['connections closed, by code', String(tally.closes)],
    ['messages stored, being valid by accident', count(stored)],
    ["of these: in a voice that is not their sender's", count(forged)],
    ['batches neither answered nor closed', count(tally.incidentCount)],
    [
      'uncaught exceptions, unhandled rejections, warnings',
      `${health.uncaughtExceptions}, ${health.unhandledRejections}, ${health.warnings}`,
    ],
    ['errors in the log', String(health.errors)],
    ['heap before, after a first tenth', mb(before.heapUsed)],
    [
      'heap after',
      `${mb(after.heapUsed)} (${growth < 0 ? '' : '+'}${(growth / 1e6).toFixed(2)} MB; ${mb(allowedGrowth)} is noise)`,
    ],
    ['external memory before, after', `${mb(before.external)}, ${mb(after.external)}`],
    ['RSS before, after', `${mb(before.rss)}, ${mb(after.rss)}`],
    ['connections and sockets left, beside the canary’s two', `${left.connections - 2}, ${left.sockets - 2}`],
    ['canary: sent, acknowledged', `${count(canary.sent)}, ${count(canary.acked)}`],
    ['canary: to its room, heard there in order', `${count(canary.sent - canary.asked)}, ${count(canary.heard)}`],
    ['canary: to the agent, answered', `${count(canary.asked)}, ${count(canary.answered)}`],
    [
      'canary: p50, p99, longest send → ack',
      `${canary.p50.toFixed(1)} ms, ${canary.p99.toFixed(1)} ms, ${canary.most.toFixed(0)} ms`,
    ],
  ];
}
