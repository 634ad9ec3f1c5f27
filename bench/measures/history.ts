/** Row family: the last 50 messages of a room, in stores of very different sizes. */
import { listRoomIds, openStoreOf } from '../loads/fill-store.ts';
import type { ClientCommands } from '../loads/load-clients.ts';
import type { StoreCommands } from '../loads/load-store.ts';
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
import { startElizad, startLoad } from '../processes.ts';

/** The first is the baseline, the last has the target. */
const sizes = { full: [10_000, 1_000_000, 5_000_000], quick: [10_000, 1_000_000], smoke: [1000, 2000] };
const drawnSizes = { full: [1000, 100_000], quick: [1000, 100_000], smoke: [] };
const mostRatio = 1.5;

export const history: Family = {
  title: 'History',
  about: `The last 50 messages of one of 200 rooms (20 in the smallest store of the picture), any one each time, out of stores with so many messages in all: by \`request-world-state\` of a stock client, and by the storage function alone. The rooms grow in turns, so the last messages of each are spread over many pages of the file. The files are in the cache of the system, not in that of SQLite.`,
  run,
};

type Times = { p50: number; p99: number };

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  const counted = sizes[scale.name];
  const all = [...counted, ...drawnSizes[scale.name]].sort((a, b) => a - b);
  for (const size of all) {
    progress(`filling a store with ${show(size)} messages`);
    await openStoreOf(size);
  }
  const direct = await measureStorage(all, scale, progress);
  const socket = await measureSockets(all, scale, progress);
  const rows = [...toRows('on a socket', counted, socket), ...toRows('storage alone', counted, direct)];
  const lines = Object.entries({ 'on a socket': socket, 'storage alone': direct }).flatMap(([name, times]) =>
    (['p50', 'p99'] as const).map((which) => ({
      name: `${name}, ${which}`,
      points: all.map((size) => [size, summarize(list(times, size, which)).median] as const),
    })),
  );
  const title = 'History: the last 50 messages of a room';
  return { rows, pictures: [{ file: 'history', title, x: 'messages in the store', y: 'ms', lines }] };
}

async function measureStorage(all: number[], scale: Scale, progress: Progress): Promise<Record<string, Times[]>> {
  await using loads = new AsyncDisposableStack();
  const things: Record<string, () => Promise<Times>> = {};
  for (const size of all) {
    const load = loads.use(startLoad<StoreCommands>('loads/load-store.ts'));
    await load.ask('open', { dataDir: await openStoreOf(size), count: size });
    things[size] = () => load.ask('listLast', { seconds: scale.seconds / 2 });
    loads.defer(() => load.ask('close', undefined));
  }
  return await interleave(scale.runs, things, (where) => progress(`storage alone, ${where}`));
}

async function measureSockets(all: number[], scale: Scale, progress: Progress): Promise<Record<string, Times[]>> {
  await using processes = new AsyncDisposableStack();
  const things: Record<string, () => Promise<Times>> = {};
  for (const size of all) {
    const server = processes.use(await startElizad({ dataDir: await openStoreOf(size) }));
    const roomIds = listRoomIds(size);
    const clients = processes.use(startLoad<ClientCommands>('loads/load-clients.ts'));
    await clients.ask('connect', { url: server.url, count: 1, rooms: 0 });
    await clients.ask('askForRooms', { seconds: scale.seconds / 4, roomIds });
    things[size] = () => clients.ask('askForRooms', { seconds: scale.seconds, roomIds });
  }
  return await interleave(scale.runs, things, (where) => progress(`on a socket, ${where}`));
}

function toRows(how: string, counted: number[], times: Record<string, Times[]>): Row[] {
  const [first = 0, ...others] = counted;
  const median = (size: number) => `${summarize(list(times, size, 'p50')).median.toFixed(2)} ms`;
  return others.map((size) => {
    const p99 = list(times, size, 'p99');
    const compared = compare(`${show(first)} messages`, p99, list(times, first, 'p99'));
    return {
      what: `${show(size)} messages, ${how}, p99`,
      unit: 'ms',
      ours: summarize(p99),
      baseline: compared,
      ...(size === counted.at(-1) && {
        target: { text: `≤ ${mostRatio} ×`, isMet: compared.ratio.median <= mostRatio },
      }),
      note: `p50 ${median(size)}, against ${median(first)}.`,
    };
  });
}

const list = (times: Record<string, Times[]>, size: number, which: keyof Times): number[] =>
  (times[size] ?? []).map((one) => one[which]);

const show = (count: number): string => count.toLocaleString('en-US');
