/** Row family: one room with many sockets. elizad, which stores each message, against servers that store nothing. */
import type { SocketCommands, Spoken } from '../loads/load-sockets.ts';
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
import { type Load, readCpuSeconds, type Server, startBaseline, startElizad, startLoad } from '../processes.ts';

const sizes = { full: [500, 2000], quick: [500, 2000], smoke: [20] };
const drawnSizes = { full: [1, 10, 100, 5000], quick: [1, 10, 100, 5000], smoke: [1] };
/** Messages under way at most; fewer in the pictures, where so many are on their way to five thousand sockets. */
const manyAtOnce = 100;
const mostUnderWay = 100_000;
/** Targets, in deliveries of stock Socket.IO. */
const [leastAtOnce, leastAlone] = [5, 1.3];
/** The loads are one sender each, which no rate limit is to hold up. */
const env = { MAX_SENDS_PER_SECOND: '1000000' };

const starts = {
  elizad: () => startElizad({ env }),
  'elizad, stock fan-out': () => startElizad({ env: { ...env, ELIZAD_FAN_OUT: 'stock' } }),
  'stock Socket.IO': () => startBaseline('baselines/socket-io.ts'),
  'bare ws': () => startBaseline('baselines/ws.ts'),
};
type Name = keyof typeof starts;
type Measured = Spoken & { serverCpu: number };
type Room = { server: Server; load: Load<SocketCommands> };

export const fanOut: Family = {
  title: 'Fan-out',
  about:
    'One room, one sender, raw WebSocket receivers. A delivery is one message at one socket; elizad has stored it on disk before (and sends each socket a `messageComplete` too, which is not counted). "Many at once": at most 100 messages are under way: sent, and not yet acknowledged and heard; "one at a time": the next is sent when every socket has the last.',
  run,
};

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  await using processes = new AsyncDisposableStack();
  progress('starting the servers');
  const opened = await Promise.all(
    (Object.entries(starts) as [Name, () => Promise<Server>][]).map(async ([name, start]) => {
      const server = processes.use(await start());
      return [name, { server, load: processes.use(startLoad<SocketCommands>('loads/load-sockets.ts')) }] as const;
    }),
  );
  const rooms = Object.fromEntries(opened) as Record<Name, Room>;
  const rows: Row[] = [];
  const lines = (Object.keys(starts) as Name[]).map((name) => ({ name, points: [] as [number, number][] }));
  const counted = sizes[scale.name];
  for (const count of [...counted, ...drawnSizes[scale.name]].sort((a, b) => a - b)) {
    for (const { server, load } of Object.values(rooms)) {
      progress(`${count} sockets join`);
      await load.ask('connect', { url: server.url, count, isInRoom: true });
      await load.ask('say', { seconds: scale.seconds / 4, window: 10 });
    }
    const isRow = counted.includes(count);
    const window = isRow ? manyAtOnce : Math.min(manyAtOnce, mostUnderWay / count);
    const measure = (how: string, under: number) =>
      measureAll(rooms, { seconds: scale.seconds, window: under }, isRow ? scale.runs : 1, (where) =>
        progress(`${count} sockets, ${how}: ${where}`),
      );
    const many = await measure('many at once', window);
    for (const { name, points } of lines) points.push([count, 1e6 / summarize(many[name].map(toRate)).median]);
    if (!isRow) continue;
    rows.push(...toRows(`${count} sockets, many at once`, many, leastAtOnce));
    rows.push(...toRows(`${count} sockets, one at a time`, await measure('one at a time', 1), leastAlone));
  }
  const title = 'Fan-out: time of one delivery, many messages at once';
  return { rows, pictures: [{ file: 'fan-out', title, x: 'sockets in the room', y: 'µs for each delivery', lines }] };
}

const toRate = ({ deliveries, ms }: Spoken): number => (deliveries / ms) * 1000;

function measureAll(
  rooms: Record<Name, Room>,
  order: { seconds: number; window: number },
  runs: number,
  progress: Progress,
) {
  const measure =
    ({ server, load }: Room) =>
    async (): Promise<Measured> => {
      const before = readCpuSeconds(server.pid);
      const spoken = await load.ask('say', order);
      return { ...spoken, serverCpu: ((readCpuSeconds(server.pid) - before) / spoken.ms) * 1000 };
    };
  const things = Object.fromEntries(Object.entries(rooms).map(([name, room]) => [name, measure(room)]));
  return interleave(runs, things as Record<Name, () => Promise<Measured>>, progress);
}

function toRows(what: string, measured: Record<Name, Measured[]>, leastRatio: number): Row[] {
  const baseline = measured['stock Socket.IO'].map(toRate);
  return (Object.entries(measured) as [Name, Measured[]][]).flatMap(([name, runs]) => {
    if (name === 'stock Socket.IO') return [];
    const rates = runs.map(toRate);
    const compared = compare('stock Socket.IO', rates, baseline);
    const micros = summarize(runs.map((one) => (one.serverCpu * 1e6) / toRate(one))).median;
    const bytes = summarize(runs.map((one) => one.bytes / one.deliveries)).median;
    return {
      what: `${what}: ${name}`,
      unit: 'deliveries/s',
      ours: summarize(rates),
      baseline: compared,
      ...(name === 'elizad' && {
        target: { text: `≥ ${leastRatio} ×`, isMet: compared.ratio.median >= leastRatio },
      }),
      cpu: {
        server: summarize(runs.map(({ serverCpu }) => serverCpu)).median,
        load: summarize(runs.map(({ cpu }) => cpu)).median,
      },
      note: `${Math.round(bytes)} bytes and ${micros.toPrecision(2)} µs of server CPU for each delivery.`,
    };
  });
}
