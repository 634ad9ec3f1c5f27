/** Row family: memory of a server that nobody uses, and of each socket that is there and silent. */
import type { SocketCommands } from '../loads/load-sockets.ts';
import { compare, type Family, type Findings, type Progress, type Scale, summarize } from '../measure.ts';
import { command, readRssMb, type Server, startBaseline, startElizad, startLoad } from '../processes.ts';

const sockets = { full: 5000, quick: 5000, smoke: 50 };
const restMs = { full: 3000, quick: 3000, smoke: 50 };
const mostMb = 110;
const mostKb = 40;

export const memory: Family = {
  title: 'Memory',
  about:
    'Resident memory (VmRSS) of the server process after three seconds of rest, first alone, then with raw WebSockets that are connected and in no room; the second less the first, for each socket. Each run is a new process.',
  run,
};

type Measured = { idleMb: number; socketKb: number };

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  const ours: Measured[] = [];
  const bare: Measured[] = [];
  for (let run = 1; run <= scale.runs; run++) {
    progress(`${sockets[scale.name]} sockets, run ${run} of ${scale.runs}`);
    // At the same time: neither takes memory from the other.
    const [one, other] = await Promise.all([
      measureMemory(scale, () => startElizad({ script: command })),
      measureMemory(scale, () => startBaseline('baselines/socket-io.ts')),
    ]);
    ours.push(one);
    bare.push(other);
  }
  const toRow = (what: string, unit: string, key: keyof Measured, most: number) => {
    const values = ours.map((one) => one[key]);
    return {
      what,
      unit,
      ours: summarize(values),
      baseline: compare(
        'stock Socket.IO',
        values,
        bare.map((one) => one[key]),
      ),
      target: { text: `< ${most} ${unit}`, isMet: summarize(values).median < most },
    };
  };
  return {
    rows: [
      toRow('idle', 'MB', 'idleMb', mostMb),
      toRow(`each of ${sockets[scale.name].toLocaleString('en-US')} idle WebSockets`, 'kB', 'socketKb', mostKb),
    ],
  };
}

/** Of a server that is started for it, and ends with it. */
export async function measureMemory(scale: Scale, begin: () => Promise<Server>): Promise<Measured> {
  await using server = await begin();
  await using load = startLoad<SocketCommands>('loads/load-sockets.ts');
  const rest = () => new Promise((resolve) => setTimeout(resolve, restMs[scale.name]));
  const count = sockets[scale.name];
  await rest();
  const idleMb = readRssMb(server.pid);
  await load.ask('connect', { url: server.url, count, isInRoom: false });
  await rest();
  return { idleMb, socketKb: ((readRssMb(server.pid) - idleMb) * 1000) / count };
}
