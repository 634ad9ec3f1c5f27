/**
 * The hostile run: a server, a canary, and many attackers at once. First what once broke something, then a first slice to
 * warm up, memory measured with all attackers gone, then the rest, and memory again.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type Connections,
  type Health,
  type MeasuredServer,
  type Memory,
  startMeasuredServer,
} from '../measured-server.ts';
import { type CanaryReport, startCanary } from './canary.ts';
import { compareSnapshots, type Growth } from './growth.ts';
import { type Battle, type Lane, openLane, runMission } from './missions.ts';
import { createWorld } from './packets/values.ts';
import { closePolling } from './polling.ts';
import { seeds } from './seeds.ts';
import { Tally } from './tally.ts';

export type HostileOptions = {
  packets: number;
  seed: number;
  /** How many attack at the same time. */
  lanes: number;
  /** The server asks for a key, which the canary has and the attackers have not: what strangers can do. */
  isKeyed?: boolean;
  /** Growth of the heap that is still noise, in bytes. */
  allowedGrowth: number;
  /** Wait until the server has found out by itself who is gone, which takes it up to 45 s, and compare its memory. */
  measuresMemory: boolean;
  showProgress?: (line: string) => void;
};

export type HostileReport = {
  tally: Tally;
  health: Health;
  canary: CanaryReport;
  before: Memory;
  after: Memory;
  left: Connections;
  /** Packets in a second, while attackers were at work. */
  rate: number;
  /** Messages that were valid by accident. */
  stored: number;
  /** Messages in a voice that is the server's or an agent's, of somebody else. */
  forged: number;
  /** Kinds of objects of which there are more than before, the greatest growth first. */
  growth: Growth[];
  /** Why it does not hold. Empty: it holds. */
  failures: string[];
};

/** The canary's two clients, which stay. */
const staying = 2;
const leaveMs = 90_000;
/** Timers of connections that are gone run for 30 s more: they are not what grows. */
const lingerMs = 32_000;

const key = 'a key that nobody guesses';

export async function runHostile(options: HostileOptions): Promise<HostileReport> {
  const server = await startMeasuredServer(options.isKeyed ? { ELIZAD_API_KEY: key } : {});
  try {
    return await attack(server, options);
  } finally {
    closePolling();
    await server.stop();
  }
}

async function attack(server: MeasuredServer, options: HostileOptions): Promise<HostileReport> {
  const { packets, seed, lanes: laneCount, isKeyed = false, allowedGrowth, showProgress = () => {} } = options;
  const canary = await startCanary(server.url, isKeyed ? key : undefined);
  const { agentId, entityId } = canary.report;
  const battle: Battle = {
    seed,
    isKeyed,
    target: { host: '127.0.0.1', port: server.port },
    world: createWorld(seed, agentId, entityId),
    tally: new Tally(),
  };
  const { tally } = battle;
  const snapshots: string[] = [];
  let mission = 0;
  let workedMs = 0;

  async function fight(upTo: number): Promise<void> {
    const lanes = Array.from({ length: laneCount }, () => openLane(battle));
    canary.resume();
    const began = performance.now();
    const show = setInterval(
      () => showProgress(describeProgress(battle, packets, workedMs + performance.now() - began)),
      1_000,
    );
    const work = async (lane: Lane) => {
      while (tally.sent.total < upTo && server.health.death === undefined) await runMission(battle, lane, mission++);
    };
    await Promise.all(lanes.map(work));
    workedMs += performance.now() - began;
    clearInterval(show);
    if (server.health.death !== undefined) throw new Error(describeDeath(server, lanes));
    for (const { attacker } of lanes) attacker.drop();
  }

  async function measure(): Promise<{ memory: Memory; left: Connections; sung: CanaryReport }> {
    const sung = await canary.pause();
    showProgress('waiting until all attackers are gone');
    const left = options.measuresMemory ? await waitUntilGone(server) : { connections: staying, sockets: staying };
    const memory = await server.ask('memory');
    if (options.measuresMemory) snapshots.push(await server.ask('snapshot'));
    return { memory, left, sung };
  }

  if (!isKeyed) await replaySeeds(battle);
  await fight(packets / 10);
  const { memory: before } = await measure();
  await fight(packets);
  const { memory: after, left, sung } = await measure();
  await canary.stop();
  const rate = (tally.sent.total / workedMs) * 1_000;
  const stored = countMessages(server) - sung.acked - sung.answered;
  const forged = countMessages(server, forgedOf(agentId));
  const growth = options.measuresMemory ? compareSnapshots(...(snapshots as [string, string])) : [];
  const report = { tally, health: server.health, canary: sung, before, after, left, rate, stored, forged, growth };
  return { ...report, failures: listFailures(report, allowedGrowth) };
}

async function replaySeeds(battle: Battle): Promise<void> {
  for (const { broke, packets } of seeds) {
    const { attacker } = openLane(battle);
    const sent = packets(battle.world);
    for (const { layer } of sent) battle.tally.count(layer);
    const ends = [await attacker.open(''), await attacker.send(sent)];
    attacker.drop();
    if (ends.includes('left hanging'))
      battle.tally.report({ what: `left hanging again: ${broke}`, mission: -1, sent: [] });
  }
}

async function waitUntilGone(server: MeasuredServer): Promise<Connections> {
  const deadline = performance.now() + leaveMs;
  for (;;) {
    const left = await server.ask('connections');
    const isGone = left.connections <= staying && left.sockets <= staying;
    if (isGone) await new Promise((resolve) => setTimeout(resolve, lingerMs));
    if (isGone || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Beside them the server itself says, as it may, why agents are silent in a room: what attackers say has other words. */
const forgedOf = (agentId: string): string =>
  `sender_id <> '${agentId}' and (source in ('agent_response', 'agent_action', 'agent_question')
    or (source = 'system' or sender_id like '00000000-0000-0000-0000-00000000000_')
    and (text = 'forged' or text glob 'text [0-9]*' or text glob 'message [0-9]*'))`;

function countMessages({ dataDir }: MeasuredServer, condition = 'true'): number {
  const store = new DatabaseSync(join(dataDir, 'elizad.sqlite'), { readOnly: true });
  const { count } = store.prepare(`select count(*) as count from messages where ${condition}`).get() as {
    count: number;
  };
  store.close();
  return count;
}

/** Errors for which the server blames itself: nothing that a client sends may cause one. */
const ownFaults = ['internal', 'storage-failed'];

function listFailures(report: Omit<HostileReport, 'failures'>, allowedGrowth: number): string[] {
  const { tally, health, canary, before, after, left, forged } = report;
  const growth = after.heapUsed - before.heapUsed;
  const faults = ownFaults.map((code) => tally.errors.by[code] ?? 0).reduce((sum, count) => sum + count, 0);
  const checks: [boolean, string][] = [
    [health.death === undefined, `the server ${health.death}`],
    [health.uncaughtExceptions === 0, `${health.uncaughtExceptions} uncaught exceptions`],
    [health.unhandledRejections === 0, `${health.unhandledRejections} unhandled rejections`],
    [health.warnings === 0, `${health.warnings} warnings of Node`],
    [
      health.errors === 0 && faults === 0,
      `${health.errors} errors logged, ${faults} answered with a fault of the server`,
    ],
    [tally.incidentCount === 0, `${tally.incidentCount} times neither answered nor closed`],
    [
      left.connections <= staying && left.sockets <= staying,
      `${left.connections} connections and ${left.sockets} sockets are still there`,
    ],
    [growth <= allowedGrowth, `the heap grew by ${growth} bytes, more than ${allowedGrowth}`],
    [forged === 0, `${forged} messages in a voice that is not their sender's`],
    [canary.complaints.length === 0, `the canary: ${canary.complaints.join('; ')}`],
    [
      canary.sent > 0 && canary.acked === canary.sent,
      `the canary sent ${canary.sent}, ${canary.acked} were acknowledged`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, failure]) => failure);
}

function describeProgress({ tally }: Battle, packets: number, workedMs: number): string {
  const sent = tally.sent.total;
  const rate = Math.round((sent / workedMs) * 1_000);
  return `${sent.toLocaleString('en')} of ${packets.toLocaleString('en')} packets, ${rate.toLocaleString('en')}/s, ${tally.errors.total.toLocaleString('en')} errors answered`;
}

/** What was under way is kept: one of these missions did it. */
function describeDeath({ health }: MeasuredServer, lanes: Lane[]): string {
  const path = join(tmpdir(), `hostile-death-${Date.now()}.json`);
  const underWay = lanes.map(({ mission, sent }) => ({
    mission,
    sent: sent.map((data) => data.toString('latin1' as never)),
  }));
  writeFileSync(path, JSON.stringify(underWay, undefined, 1));
  return `the server ${health.death}; what was under way: ${path}\n${health.evidence.join('\n')}`;
}
