/** Many who come back at once: after an outage of the network with much missed, and after a kill of the server. */
import { makeFolder, readCpuSeconds, startElizad, startLoad } from '../../../bench/processes.ts';
import type { HerdCommands, Return } from '../crowds/herd.ts';
import { LeanSocket } from '../lean-socket.ts';
import { describeSeen, type Seen, watchOthers } from '../watch.ts';

const herdFile = '../prove/faults/crowds/herd.ts';
/** Sends that are under way at one time. */
const inARow = 50;
const text = 'Men are all alike. They are always bugging us about something or other.';

async function say(url: string, roomId: string, count: number, bytes: number): Promise<void> {
  const speaker = new LeanSocket(crypto.randomUUID());
  await speaker.open(url);
  const words = bytes > 0 ? 'x'.repeat(bytes) : text;
  for (let sent = 0; sent < count; sent += inARow)
    await Promise.all(
      Array.from({ length: Math.min(inARow, count - sent) }, () => speaker.ask('message', { roomId, text: words })),
    );
  speaker.cut();
}

/** `cpuSeconds`: what the server itself has used until they were back. */
export type Outcome = Return & { seen: Seen; clients: number; cpuSeconds: number };

/** The network fails, the server lives on; clients come back at once to what they missed. `bytes`: of each message, 0 for a sentence. */
export async function returnToBacklog(clients: number, messages: number, bytes = 0, rooms = 1): Promise<Outcome> {
  await using server = await startElizad({ env: { MAX_SENDS_PER_SECOND: '100000' } });
  await using herd = startLoad<HerdCommands>(herdFile);
  const { url } = server;
  const people = Array.from({ length: clients }, () => crypto.randomUUID());
  const roomIds = Array.from({ length: rooms }, () => crypto.randomUUID());
  for (const roomId of roomIds) await herd.ask('open', { url, count: clients / rooms, people, roomId });
  await herd.ask('cut', { lastSeq: 0 });
  for (const roomId of roomIds) await say(url, roomId, messages, bytes);
  const others = await watchOthers(server);
  const before = readCpuSeconds(server.pid);
  const back = await herd.ask('comeBack', { url, upTo: messages, isAtOnce: true, mostMs: 120_000 });
  const cpuSeconds = readCpuSeconds(server.pid) - before;
  return { ...back, clients, cpuSeconds, seen: await others.stop() };
}

/** The server is killed, and everybody of one room comes back as stock clients do. */
export async function returnAfterKill(clients: number, processes: number): Promise<Outcome & { joinMs: number }> {
  const folder = makeFolder();
  const options = { dataDir: `${folder.path}/data`, env: { MAX_SENDS_PER_SECOND: '100000' } };
  const before = await startElizad(options);
  const herds = Array.from({ length: processes }, () => startLoad<HerdCommands>(herdFile));
  const people = Array.from({ length: Math.min(clients, 4_900) }, () => crypto.randomUUID());
  const roomId = crypto.randomUUID();
  const count = Math.floor(clients / processes);
  const began = performance.now();
  await Promise.all(herds.map((herd) => herd.ask('open', { url: before.url, count, people, roomId })));
  const joinMs = performance.now() - began;
  await before[Symbol.asyncDispose]();
  const args = ['--port', new URL(before.url).port];
  await using server = await startElizad({ ...options, args });
  await say(server.url, roomId, 10, 0);
  const others = await watchOthers(server);
  const cpuBefore = readCpuSeconds(server.pid);
  const returns = await Promise.all(
    herds.map((herd) => herd.ask('comeBack', { url: server.url, upTo: 10, isAtOnce: false, mostMs: 120_000 })),
  );
  const cpuSeconds = readCpuSeconds(server.pid) - cpuBefore;
  const seen = await others.stop();
  for (const herd of herds) await herd[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
  const sum = (of: 'resumed' | 'whole' | 'outOfOrder' | 'tries') => returns.reduce((all, one) => all + one[of], 0);
  return {
    resumed: sum('resumed'),
    whole: sum('whole'),
    outOfOrder: sum('outOfOrder'),
    tries: sum('tries'),
    ms: Math.max(...returns.map(({ ms }) => ms)),
    clients: count * processes,
    cpuSeconds,
    seen,
    joinMs,
  };
}

export const describeOutcome = ({
  clients,
  resumed,
  whole,
  outOfOrder,
  tries,
  ms,
  seen,
  cpuSeconds,
}: Outcome): string =>
  `${resumed} of ${clients} resumed, ${whole} whole, ${outOfOrder} out of order, ${tries} tries, all after ${(ms / 1000).toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU; ${describeSeen(seen)}`;
