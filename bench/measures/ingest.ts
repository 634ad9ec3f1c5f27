/** Row family: how many messages a second are stored and acknowledged, and how long one waits for it. */
import type { SqliteCommands } from '../baselines/sqlite.ts';
import type { ClientCommands, Timed } from '../loads/load-clients.ts';
import {
  compare,
  type Family,
  type Findings,
  interleave,
  type Picture,
  type Progress,
  type Row,
  type Scale,
  summarize,
} from '../measure.ts';
import { type Load, readCpuSeconds, type Server, startBaseline, startElizad, startLoad } from '../processes.ts';

const senders = { full: 20, quick: 20, smoke: 2 };
const window = 50;
const manySenders = { full: 200, quick: 200, smoke: 4 };
const drawnRooms = { full: [1, 10, 100, 1000, 10_000], quick: [1, 10, 100, 1000, 10_000], smoke: [1, 4] };
const leastRate = 6600;
const leastShare = 0.3;
const mostMs = 25;
/** Of what they can send at most: half is the load that a server is planned for, and near its end the waits show. */
const shares = [0.5, 0.7];
const plannedShare = 0.5;

export const ingest: Family = {
  title: 'Durable ingest',
  about: `Stock socket.io-client senders, each in a room of its own without an agent; an acknowledged message is committed and synced. Raw is SQLite alone in one process: WAL, synchronous=FULL, 100 rows of the same size in a transaction, into the same table with its indexes, or into a plain one without any.`,
  run,
};

type Measured = Timed & { serverCpu: number };

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  await using processes = new AsyncDisposableStack();
  progress('starting the server');
  // One sender alone may reach what the limit allows.
  const server = processes.use(await startElizad({ env: { MAX_SENDS_PER_SECOND: '1000000' } }));
  const bare = processes.use(await startBaseline('baselines/socket-io.ts'));
  const clients = processes.use(startLoad<ClientCommands>('loads/load-clients.ts'));
  const bareClients = processes.use(startLoad<ClientCommands>('loads/load-clients.ts'));
  const raw = processes.use(startLoad<SqliteCommands>('baselines/sqlite.ts'));
  const parties = { server, bare, clients, bareClients };
  const { seconds } = scale;

  const few = senders[scale.name];
  await clients.ask('connect', { url: server.url, count: few, rooms: few });
  await clients.ask('send', { seconds: seconds / 4, window });
  const rates = await interleave<'elizad' | 'messages' | 'plain', Measured | number>(
    scale.runs,
    {
      elizad: () => withCpu(server, () => clients.ask('send', { seconds, window })),
      messages: () => raw.ask('insert', { seconds, table: 'messages' }),
      plain: () => raw.ask('insert', { seconds: seconds / 2, table: 'plain' }),
    },
    (where) => progress(`${few} senders against raw: ${where}`),
  );
  const runs = rates.elizad as Measured[];
  const ours = runs.map(toRate);
  const messages = compare('raw SQLite, the same table', ours, rates.messages as number[]);
  const plain = compare('raw SQLite, a plain table', ours, rates.plain as number[]);
  const shared = { what: `${few} senders, ${window} under way each`, unit: 'messages/s', ours: summarize(ours) };
  const target = {
    text: `≥ ${leastRate.toLocaleString('en-US')} and ≥ ${leastShare} ×`,
    isMet: shared.ours.median >= leastRate && messages.ratio.median >= leastShare,
  };
  const rows: Row[] = [
    { ...shared, baseline: messages, target, cpu: describeCpu(runs), note: describeCost(runs) },
    { ...shared, baseline: plain },
    ...(await measureWait(scale, parties, progress)),
  ];
  return { rows, pictures: [await drawRooms(scale, parties, progress)] };
}

type Parties = { server: Server; bare: Server; clients: Load<ClientCommands>; bareClients: Load<ClientCommands> };

/** Many senders: first as fast as each gets its acknowledgements, then at an even rate below that, where a wait shows. */
async function measureWait(scale: Scale, { server, bare, clients, bareClients }: Parties, progress: Progress) {
  const count = manySenders[scale.name];
  const { seconds, runs } = scale;
  progress(`${count} senders connect`);
  await clients.ask('connect', { url: server.url, count, rooms: count });
  await bareClients.ask('connect', { url: bare.url, count, rooms: count });
  for (const load of [clients, bareClients]) await load.ask('send', { seconds: seconds / 4, window: 1 });
  const { full } = await interleave(
    runs,
    { full: () => withCpu(server, () => clients.ask('send', { seconds, window: 1 })) },
    (where) => progress(`${count} senders: ${where}`),
  );
  const capacity = summarize(full.map(toRate));
  const waits: Row[] = [];
  for (const share of shares) {
    const rate = share * capacity.median;
    const { elizad, socketIo } = await interleave(
      runs,
      {
        elizad: () => withCpu(server, () => clients.ask('sendEvenly', { seconds, rate })),
        socketIo: () => withCpu(bare, () => bareClients.ask('sendEvenly', { seconds, rate })),
      },
      (where) => progress(`${count} senders at an even rate: ${where}`),
    );
    for (const which of ['p50', 'p99'] as const) {
      const times = elizad.map((one) => one[which]);
      const ours = summarize(times);
      const stock = socketIo.map((one) => one[which]);
      const hasTarget = which === 'p99' && share === plannedShare;
      waits.push({
        what: `${count} senders, evenly ${Math.round(rate)} a second: send → ack, ${which}`,
        unit: 'ms',
        ours,
        baseline: compare('stock Socket.IO, which stores nothing', times, stock),
        ...(hasTarget && { target: { text: `< ${mostMs} ms`, isMet: ours.median < mostMs } }),
        cpu: describeCpu(elizad),
        note: `${share * 100} % of the rate at which each sends as soon as it has its acknowledgement.`,
      });
    }
  }
  const what = `${count} senders, one message at a time each`;
  const cost = { cpu: describeCpu(full), note: describeCost(full) };
  return [{ what, unit: 'messages/s', ours: capacity, ...cost }, ...waits];
}

/** Time of one acknowledgement with so many rooms; always as many messages under way. */
async function drawRooms(scale: Scale, { server, clients }: Parties, progress: Progress): Promise<Picture> {
  const points: [number, number][] = [];
  for (const rooms of drawnRooms[scale.name]) {
    progress(`${rooms} rooms`);
    const count = Math.min(senders[scale.name], rooms);
    await clients.ask('connect', { url: server.url, count, rooms });
    const order = { window: Math.floor((senders[scale.name] * window) / count) };
    await clients.ask('send', { seconds: scale.seconds / 4, ...order });
    points.push([rooms, 1e6 / toRate(await clients.ask('send', { seconds: scale.seconds, ...order }))]);
  }
  const title = 'Durable ingest: time of one acknowledged message';
  return { file: 'ingest', title, x: 'rooms', y: 'µs for each message', lines: [{ name: 'elizad', points }] };
}

const toRate = ({ count, ms }: Timed): number => (count / ms) * 1000;

const describeCost = (runs: Measured[]): string =>
  `${Math.round(summarize(runs.map((one) => (one.serverCpu * 1e6) / toRate(one))).median)} µs of server CPU for each message.`;

const describeCpu = (runs: Measured[]) => ({
  server: summarize(runs.map(({ serverCpu }) => serverCpu)).median,
  load: summarize(runs.map(({ cpu }) => cpu)).median,
});

async function withCpu(server: Server, measure: () => Promise<Timed>): Promise<Measured> {
  const before = readCpuSeconds(server.pid);
  const timed = await measure();
  return { ...timed, serverCpu: ((readCpuSeconds(server.pid) - before) / timed.ms) * 1000 };
}
