/** Row family: this tree against another commit of it, in turns: whether a change made the server slower or larger. */
import { type Checkout, openCheckout } from './checkout.ts';
import { startInstantModel } from './loads/instant-model.ts';
import type { ClientCommands } from './loads/load-clients.ts';
import type { SocketCommands } from './loads/load-sockets.ts';
import { compare, type Family, interleave, type Progress, type Row, type Scale, summarize } from './measure.ts';
import { measureMemory } from './measures/memory.ts';
import { timeStart } from './measures/start.ts';
import { models, rooms, writeAgents } from './measures/turn.ts';
import { command, makeFolder, readCpuSeconds, type Server, startElizad, startLoad } from './processes.ts';

const receivers = { full: [500, 2000], quick: [500], smoke: [10] };
/** A rate is taken within a second, and the difference that is looked for is less than how such seconds differ. */
const moreRates = 4;
const env = { MAX_SENDS_PER_SECOND: '1000000' };

/** Both are started as `npm start` starts them. */
type Both<T> = Record<'ours' | 'theirs', T>;
type Start = () => Promise<Server>;

export const createAgainst = (name: string): Family => ({
  title: `Against ${name}`,
  about:
    'This tree and another commit of it, in turns in one run; both as `npm start` runs them. The ratio is ours to theirs: of rates more is better, of times and memory less.',
  async run(scale, progress) {
    progress(`installing and building ${name}`);
    using other = openCheckout(name);
    const starts = createStarts(other);
    return {
      rows: [
        ...(await measureFanOut(scale, other, progress)),
        ...(await measureIngest(scale, other, progress)),
        ...(await measureTurns(scale, other, progress)),
        ...(await measureStarts(scale, starts, other, progress)),
        ...(await measureMemories(scale, starts, other, progress)),
      ],
    };
  },
});

const createStarts = (other: Checkout, env: Record<string, string> = {}, args: string[] = []): Both<Start> => ({
  ours: () => startElizad({ script: command, env, args }),
  theirs: () => startElizad({ script: other.command, env, args }),
});

function toRow(what: string, unit: string, { ours, theirs }: Both<number[]>, { commit }: Checkout): Row {
  return { what, unit, ours: summarize(ours), baseline: compare(commit, ours, theirs) };
}

/** How many in a second, and for how long the server computed for a thousand, in ms: that others use the machine changes it less. */
type Pace = { rate: number; cpu: number };

async function takePace({ pid }: Server, run: () => Promise<{ count: number; ms: number }>): Promise<Pace> {
  const before = readCpuSeconds(pid);
  const { count, ms } = await run();
  return { rate: (count / ms) * 1000, cpu: ((readCpuSeconds(pid) - before) / count) * 1e6 };
}

function toPaceRows(what: string, unit: string, paces: Both<Pace[]>, other: Checkout): Row[] {
  const pick = (key: keyof Pace) => ({
    ours: paces.ours.map((one) => one[key]),
    theirs: paces.theirs.map((one) => one[key]),
  });
  return [
    toRow(what, `${unit}/s`, pick('rate'), other),
    toRow(`${what}: computing for a thousand`, 'ms', pick('cpu'), other),
  ];
}

async function measureFanOut(scale: Scale, other: Checkout, progress: Progress): Promise<Row[]> {
  await using processes = new AsyncDisposableStack();
  const open = async (start: Start) => ({
    server: processes.use(await start()),
    load: processes.use(startLoad<SocketCommands>('loads/load-sockets.ts')),
  });
  const starts = createStarts(other, env);
  const rooms = { ours: await open(starts.ours), theirs: await open(starts.theirs) };
  const rows: Row[] = [];
  for (const count of receivers[scale.name]) {
    for (const { server, load } of Object.values(rooms)) {
      progress(`${count} sockets join`);
      await load.ask('connect', { url: server.url, count, isInRoom: true });
      await load.ask('say', { seconds: scale.seconds / 4, window: 10 });
    }
    for (const [how, window] of [
      ['many at once', 100],
      ['one at a time', 1],
    ] as const) {
      const take = ({ server, load }: typeof rooms.ours) =>
        takePace(server, async () => {
          const { deliveries, ms } = await load.ask('say', { seconds: scale.seconds, window });
          return { count: deliveries, ms };
        });
      const paces = await interleave(
        scale.runs * moreRates,
        { ours: () => take(rooms.ours), theirs: () => take(rooms.theirs) },
        (where) => progress(`${count} sockets, ${how}: ${where}`),
      );
      rows.push(...toPaceRows(`fan-out, ${count} sockets, ${how}`, 'deliveries', paces, other));
    }
  }
  return rows;
}

async function measureIngest(scale: Scale, other: Checkout, progress: Progress): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [count, window] of scale.name === 'smoke'
    ? [[2, 5]]
    : ([
        [20, 50],
        [200, 1],
      ] as number[][])) {
    await using processes = new AsyncDisposableStack();
    const open = async (start: Start) => {
      const server = processes.use(await start());
      const clients = processes.use(startLoad<ClientCommands>('loads/load-clients.ts'));
      await clients.ask('connect', { url: server.url, count: count as number, rooms: count as number });
      await clients.ask('send', { seconds: scale.seconds / 4, window: window as number });
      return { server, clients };
    };
    const starts = createStarts(other, env);
    const both = { ours: await open(starts.ours), theirs: await open(starts.theirs) };
    const take = ({ server, clients }: typeof both.ours) =>
      takePace(server, () => clients.ask('send', { seconds: scale.seconds, window: window as number }));
    const paces = await interleave(
      scale.runs * moreRates,
      { ours: () => take(both.ours), theirs: () => take(both.theirs) },
      (where) => progress(`${count} senders: ${where}`),
    );
    rows.push(...toPaceRows(`durable ingest, ${count} senders, ${window} under way each`, 'messages', paces, other));
  }
  return rows;
}

/** Over models that take no time; each room asks again when its turn is complete. */
async function measureTurns(scale: Scale, other: Checkout, progress: Progress): Promise<Row[]> {
  await using processes = new AsyncDisposableStack();
  const model = processes.use(await startInstantModel());
  const folder = processes.use(makeFolder());
  const starts = createStarts(other, { ...env, OPENAI_BASE_URL: model.url }, writeAgents(folder.path));
  const servers = { ours: processes.use(await starts.ours()), theirs: processes.use(await starts.theirs()) };
  const count = scale.name === 'smoke' ? 2 : rooms;
  const rows: Row[] = [];
  for (const name of Object.keys(models)) {
    await using loads = new AsyncDisposableStack();
    const prepare = async (server: Server) => {
      const clients = loads.use(startLoad<ClientCommands>('loads/load-clients.ts'));
      await clients.ask('connect', { url: server.url, count, rooms: count, agentNames: [name] });
      await clients.ask('converse', { seconds: scale.seconds / 4 });
      return () => takePace(server, () => clients.ask('converse', { seconds: scale.seconds }));
    };
    const both = { ours: await prepare(servers.ours), theirs: await prepare(servers.theirs) };
    const paces = await interleave(scale.runs * moreRates, both, (where) => progress(`turns of ${name}: ${where}`));
    rows.push(...toPaceRows(`turns of ${name}, ${count} rooms`, 'turns', paces, other));
  }
  return rows;
}

async function measureStarts(scale: Scale, starts: Both<Start>, other: Checkout, progress: Progress): Promise<Row[]> {
  const things = { ours: () => timeStart(starts.ours), theirs: () => timeStart(starts.theirs) };
  // The first time reads the files from the disk.
  await interleave(1, things, () => progress('start: once, not counted'));
  const times = await interleave(scale.runs, things, (where) => progress(`start: ${where}`));
  return [toRow('start, empty store', 'ms', times, other)];
}

async function measureMemories(scale: Scale, starts: Both<Start>, other: Checkout, progress: Progress): Promise<Row[]> {
  const things = { ours: () => measureMemory(scale, starts.ours), theirs: () => measureMemory(scale, starts.theirs) };
  const { ours, theirs } = await interleave(scale.runs, things, (where) => progress(`memory: ${where}`));
  const pick = (key: 'idleMb' | 'socketKb') => ({
    ours: ours.map((one) => one[key]),
    theirs: theirs.map((one) => one[key]),
  });
  return [
    toRow('memory, idle', 'MB', pick('idleMb'), other),
    toRow('memory, each idle WebSocket', 'kB', pick('socketKb'), other),
  ];
}
