/**
 * Readers that stop reading, and readers that come back all at once: what the server keeps for them is bounded, and others do
 * not notice. A part of a longer proof; about three minutes on two quiet cores.
 */

import { describeOutcome, type Outcome, returnAfterKill, returnToBacklog } from './readers/returners.ts';
import { describeStuck, holdStreams, type StuckOptions } from './readers/stuck-streams.ts';
import { visitOnce } from './readers/unique-names.ts';

export type Finding = { name: string; holds: boolean; figures: string };

export type ReadersOptions = {
  /** Says with which sizes: what is random here is only when clients come back. */
  seed: number;
  progress: (line: string) => void;
  /** Sockets of one room that are there when the server is killed. */
  herd: number;
};

/**
 * Targets: the p99 of others' waits while readers do not read, and while others come back, in ms; how long a herd takes to be
 * back, in s; what a visitor leaves on the heap, in bytes, and the resident memory with 500 who come back, in MB.
 */
const [mostP99Ms, mostBackSeconds, mostVisitorBytes, mostRssMb] = [1_000, 30, 2_500, 600];
const heapMb = 512;

const isWhole = ({ clients, resumed, whole, outOfOrder }: Outcome): boolean =>
  resumed === clients && whole === clients && outOfOrder === 0;

export async function readers({ seed, progress, herd }: ReadersOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const find = async (name: string, measure: () => Promise<Omit<Finding, 'name'>>) => {
    progress(`readers: ${name}`);
    const finding = await measure().catch((error: Error) => ({ holds: false, figures: `failed: ${error.message}` }));
    findings.push({ name, ...finding });
  };
  const stuck = (options: Pick<StuckOptions, 'readers' | 'rooms' | 'messages' | 'isReplay'>) => async () => {
    const outcome = await holdStreams({ ...options, bytes: 90_000, heapMb });
    return { holds: outcome.isAlive && outcome.seen.p99 < mostP99Ms, figures: describeStuck(outcome) };
  };
  const many = 200 + 50 * (seed % 3);
  await find(
    `${many} streams of a room that are not read, 160 messages of 90 kB, a heap of ${heapMb} MB`,
    stuck({ readers: many, rooms: 1, messages: 160, isReplay: false }),
  );
  await find(
    `${many} streams of 50 rooms from a place in the past that are not read, the same heap`,
    stuck({ readers: many, rooms: 50, messages: 30, isReplay: true }),
  );
  await find('500 clients back at once, 2,400 messages missed by each', async () => {
    const outcome = await returnToBacklog(500, 2_400);
    const { p99, rssMb } = outcome.seen;
    return { holds: isWhole(outcome) && p99 < mostP99Ms && rssMb < mostRssMb, figures: describeOutcome(outcome) };
  });
  await find('60 clients of as many rooms back at once, 100 messages of 90 kB missed by each', async () => {
    const outcome = await returnToBacklog(60, 100, 90_000, 60);
    return { holds: isWhole(outcome) && outcome.seen.p99 < mostP99Ms, figures: describeOutcome(outcome) };
  });
  await find(`${herd} sockets of one room back after a kill`, async () => {
    const outcome = await returnAfterKill(herd, 2);
    const holds = isWhole(outcome) && outcome.seen.p99 < mostP99Ms && outcome.ms < mostBackSeconds * 1_000;
    return { holds, figures: `${describeOutcome(outcome)}; entered in ${(outcome.joinMs / 1_000).toFixed(1)} s` };
  });
  await find('2,000 visitors with names and rooms of their own', async () => {
    const { visitors, grownBytes, death } = await visitOnce(2_000);
    const figures = `${grownBytes.toFixed(0)} bytes of heap for each of ${visitors}, the server ${death ?? 'is alive'}`;
    return { holds: death === undefined && grownBytes < mostVisitorBytes, figures };
  });
  return findings;
}
