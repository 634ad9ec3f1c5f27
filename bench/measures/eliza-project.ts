/** Row family: a project of Eliza OS on elizad, and the same project on the reference server. */
import { setTimeout } from 'node:timers/promises';
import { agentId, type Begin, beginElizad, beginReference, install, writeProject } from '../loads/eliza-servers.ts';
import type { ElizaCommands } from '../loads/load-eliza.ts';
import {
  compare,
  type Family,
  type Findings,
  interleave,
  type Progress,
  type Row,
  type Scale,
  summarize,
} from '../measure.ts';
import { listTree, makeFolder, readRssMb, startLoad } from '../processes.ts';

const rooms = 10;
/** The reference server stops answering after about 330 messages: these are fewer. */
const turns = {
  full: { warm: 20, alone: 80, together: 80, early: 1_000, late: 10_000 },
  quick: { warm: 20, alone: 80, together: 80, early: 300, late: 1_000 },
  smoke: { warm: 1, alone: 2, together: 10, early: 10, late: 20 },
};
const untilMemory = 600;
const restMs = 3_000;
const mostMs = 8;
const mostHostMb = 150;

export const elizaProject: Family = {
  title: 'A project of Eliza OS',
  about:
    'The published project starter 1.7.2 with a plugin of models that take no time: on elizad, and on the reference server 1.7.2 with Bun and PGlite, in turns, each run on an empty store. A stock socket.io-client speaks the dialect of the reference to both, and asks when it has the answer of the agent. A start is from the spawn until the agent is active. Memory is VmRSS of all processes together, after three seconds of rest. The reference stops answering after about 330 messages, since it counts its own requests among the 1,000 that it takes in a quarter of an hour: so each is asked 180 times. It is started without its build; each start of it asks npm for a newer version of it.',
  isOnlyNamed: true,
  run,
};

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  progress('installing the reference server, where it is not: a minute or two');
  install();
  const { ours, reference } = await interleave(
    scale.runs,
    { ours: () => measure(scale, beginElizad, progress), reference: () => measure(scale, beginReference, progress) },
    progress,
  );
  progress(`${turns[scale.name].late} turns`);
  const long = await measureLong(scale);
  return { rows: [...compareRows(ours, reference), ...longRows(scale, long)] };
}

type Measured = {
  firstMs: number;
  againMs: number;
  readyMb: number;
  usedMb: number;
  p50: number;
  p99: number;
  rate: number;
};

const readTreeMb = (pid: number): number => listTree(pid).reduce((sum, one) => sum + readRssMb(one), 0);

async function measure(scale: Scale, begin: Begin, progress: Progress): Promise<Measured> {
  const { warm, alone, together } = turns[scale.name];
  using folder = makeFolder();
  const project = writeProject(folder.path);
  const result: Partial<Measured> = {};
  let began = performance.now();
  {
    await using server = await begin(folder.path, project);
    result.firstMs = performance.now() - began;
    await setTimeout(restMs);
    result.readyMb = readTreeMb(server.pid);
    await using load = startLoad<ElizaCommands>('loads/load-eliza.ts');
    await load.ask('connect', { url: server.url, agentId, rooms });
    await load.ask('ask', { turns: warm, atOnce: 1 });
    const { p50, p99 } = await load.ask('ask', { turns: alone, atOnce: 1 });
    const { count, ms } = await load.ask('ask', { turns: together, atOnce: rooms });
    await setTimeout(restMs);
    Object.assign(result, { p50, p99, rate: (count / ms) * 1000, usedMb: readTreeMb(server.pid) });
  }
  began = performance.now();
  await using server = await begin(folder.path, project);
  result.againMs = performance.now() - began;
  const measured = result as Measured;
  // A run takes minutes: what it gave is not lost with the next.
  progress(
    Object.entries(measured)
      .map(([name, value]) => `${name} ${Math.round(value)}`)
      .join(', '),
  );
  void server;
  return measured;
}

function compareRows(ours: Measured[], reference: Measured[]): Row[] {
  const toRow = (what: string, unit: string, key: keyof Measured, note?: string): Row => {
    const [values, others] = [ours, reference].map((list) => list.map((one) => one[key])) as [number[], number[]];
    return {
      what,
      unit,
      ours: summarize(values),
      baseline: compare('the reference', values, others),
      ...(note !== undefined && { note }),
    };
  };
  const turn = toRow('question → answer, p50', 'ms', 'p50', 'One question at a time, ten rooms in turn.');
  return [
    toRow('first start', 'ms', 'firstMs'),
    toRow('start again', 'ms', 'againMs'),
    toRow('memory when ready', 'MB', 'readyMb'),
    toRow('memory after 180 turns', 'MB', 'usedMb'),
    { ...turn, target: { text: `≤ ${mostMs} ms`, isMet: turn.ours.median <= mostMs } },
    toRow('question → answer, p99', 'ms', 'p99'),
    toRow('turns over 10 rooms', 'turns/s', 'rate', 'Each room asks again when it has its answer.'),
  ];
}

type Long = { hostReadyMb: number; hostUsedMb: number; hostLateMb: number; early: Moment; late: Moment };
type Moment = { p50: number; heapMb: number };

/** Of elizad alone: the project's process over many turns. */
async function measureLong(scale: Scale): Promise<Long> {
  const { early, late } = turns[scale.name];
  const part = Math.round(early * 0.4);
  using folder = makeFolder();
  await using server = await beginElizad(folder.path, writeProject(folder.path));
  const readHostMb = async () => {
    await setTimeout(restMs);
    return readRssMb(listTree(server.pid)[1] ?? 0);
  };
  const hostReadyMb = await readHostMb();
  await using load = startLoad<ElizaCommands>('loads/load-eliza.ts');
  await load.ask('connect', { url: server.url, agentId, rooms });
  const readMoment = async (): Promise<Moment> => {
    const { p50 } = await load.ask('ask', { turns: part, atOnce: 1 });
    const { heapBytes } = (await (await fetch(`${server.url}/instant/heap`)).json()) as { heapBytes: number };
    return { p50, heapMb: heapBytes / 1e6 };
  };
  await load.ask('ask', { turns: early - part, atOnce: 1 });
  const hostUsedMb = await readHostMb();
  const atEarly = await readMoment();
  await load.ask('ask', { turns: late - early - part, atOnce: rooms });
  const atLate = await readMoment();
  return { hostReadyMb, hostUsedMb, hostLateMb: await readHostMb(), early: atEarly, late: atLate };
}

function longRows(scale: Scale, { hostReadyMb, hostUsedMb, hostLateMb, early, late }: Long): Row[] {
  const { early: first, late: last } = turns[scale.name];
  const name = `after ${first.toLocaleString('en-US')} turns`;
  const target = { text: `≤ ${mostHostMb} MB`, isMet: hostUsedMb <= mostHostMb };
  const toRow = (key: keyof Moment, what: string, unit: string): Row => ({
    what: `${what} after ${last.toLocaleString('en-US')} turns`,
    unit,
    ours: summarize([late[key]]),
    baseline: compare(name, [late[key]], [early[key]]),
    note: 'elizad alone, once.',
  });
  return [
    { what: "the project's process when ready", unit: 'MB', ours: summarize([hostReadyMb]) },
    { what: `the project's process after ${untilMemory} turns`, unit: 'MB', ours: summarize([hostUsedMb]), target },
    {
      what: `the project's process after ${last.toLocaleString('en-US')} turns`,
      unit: 'MB',
      ours: summarize([hostLateMb]),
    },
    toRow('p50', 'question → answer, p50,', 'ms'),
    toRow('heapMb', "heap of the project's process", 'MB'),
  ];
}
