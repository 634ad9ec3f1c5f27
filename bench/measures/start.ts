/** Row family: from the start of the command until a socket is in. */
import { openStoreOf } from '../loads/fill-store.ts';
import { RawSocket } from '../loads/raw-socket.ts';
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
import { command, type Server, startBaseline, startElizad } from '../processes.ts';

/** In the smoke test, where families run side by side, a store that no other has. */
const messages = { full: 1_000_000, quick: 1_000_000, smoke: 500 };
const mostMs = 500;

export const start: Family = {
  title: 'Start',
  about:
    "From the spawn of `node scripts/run.mjs serve` until Socket.IO's CONNECT is answered on a WebSocket. What `npm` itself needs before it runs the script is not in it. The baseline is the bare Socket.IO server of this folder, started and asked in the same way.",
  run,
};

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  const count = messages[scale.name];
  progress(`filling a store with ${count.toLocaleString('en-US')} messages`);
  const full = await openStoreOf(count);
  const things = {
    empty: () => timeStart(() => startElizad({ script: command })),
    full: () => timeStart(() => startElizad({ script: command, dataDir: full })),
    bare: () => timeStart(() => startBaseline('baselines/socket-io.ts')),
  };
  // The first time reads the files from the disk.
  if (scale.name !== 'smoke') await interleave(1, things, () => progress('once, not counted'));
  const { empty, full: filled, bare } = await interleave(scale.runs, things, progress);
  const toRow = (what: string, times: number[]): Row => ({
    what,
    unit: 'ms',
    ours: summarize(times),
    baseline: compare('stock Socket.IO', times, bare),
    target: { text: `< ${mostMs} ms`, isMet: summarize(times).median < mostMs },
  });
  return {
    rows: [toRow('empty store', empty), toRow(`${count.toLocaleString('en-US')} messages in the store`, filled)],
  };
}

/** In ms, from the spawn until a socket is in. */
export async function timeStart(begin: () => Promise<Server>): Promise<number> {
  const began = performance.now();
  await using server = await begin();
  const socket = await RawSocket.open(server.url);
  const took = performance.now() - began;
  socket.close();
  return took;
}
