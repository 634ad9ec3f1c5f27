/** One run: players and load, kills, the steady end, and the verdict. */
import { io } from 'socket.io-client';
import { createChance, pause } from './chance.ts';
import { type Heard, openLedger } from './ledger.ts';
import { type Done, type Room, runLoad } from './load.ts';
import { openPlayer, type Player, type Tally } from './player.ts';
import { type Memory, type Report, showProgress } from './report.ts';
import { CannotStart, type ServerProcess } from './server-process.ts';

export type TortureOptions = {
  kills: number;
  seconds: number;
  seed: number;
  clients: number;
  rooms: number;
  /** Load without kills at the end, in which the memory of a server of our own is watched, in s. */
  steady: number;
  /** How long what is still due at the end is waited for, in s. */
  patience: number;
  apiKey: string | undefined;
};

/** A server of our own is killed and measured; a foreign one is not. */
type Own = { server?: ServerProcess; modelCounts?: ReadonlyMap<string, number> };

// biome-ignore lint/suspicious/noExplicitAny: a stranger's wire has no types
type Payload = any;

const transports = [['websocket'], ['polling'], ['polling', 'websocket']];

export async function runTorture(options: TortureOptions, url: string, { server, modelCounts }: Own): Promise<Report> {
  const { kills, seconds, seed, apiKey } = options;
  const patienceMs = options.patience * 1_000;
  const began = performance.now();
  const ledger = openLedger();
  const done: Done = { sends: 0, acks: 0, cuts: 0, stalls: 0, cancels: 0, visits: 0 };
  const tally: Tally = { retries: 0, resumed: 0, fresh: 0, heard: 0, refusals: new Map() };
  const completed: Record<string, number> = {};
  const state = { isEnding: false, isOver: false, killed: 0 };
  const chance = createChance(seed, 2);
  const common = { url, apiKey, ledger, tally, isOver: () => state.isOver };
  const agentId = await findAgent(url, apiKey);
  const rooms: Room[] = Array.from({ length: options.rooms }, (_, index) => ({
    id: crypto.randomUUID(),
    agentId: index % 2 === 0 ? agentId : undefined,
    open: new Set(),
  }));
  // One that is in every room and is never cut off by us: what it does not hear, nobody was told.
  const witness = openPlayer({ ...common, name: 'witness', transports: ['websocket'] });
  witness.socket.on('messageComplete', ({ outcome }: Payload) => {
    completed[outcome] = (completed[outcome] ?? 0) + 1;
  });
  const players = Array.from({ length: options.clients }, (_, index) =>
    openPlayer({ ...common, name: `client ${index + 1}`, transports: transports[index % 3] as string[] }),
  );
  const everyone = [witness, ...players];
  const stopProgress = showProgress(() => {
    const open = rooms.reduce((sum, room) => sum + room.open.size, 0);
    const time = `${Math.round((performance.now() - began) / 1000)} s`;
    return `${time}  kills ${state.killed}/${kills}  sent ${done.sends}  acked ${done.acks}  heard ${tally.heard}  cuts ${done.cuts}  recovered ${tally.resumed}, anew ${tally.fresh}  open turns ${open}`;
  }, process.stderr);
  try {
    for (const room of rooms) await witness.join(room.id, room.agentId);
    await Promise.all(players.map((player) => joinSome(player, rooms, chance)));
    const load = runLoad({
      seed,
      players,
      rooms,
      ledger,
      tally,
      done,
      isEnding: () => state.isEnding,
      isOver: () => state.isOver,
    });
    if (server && kills > 0) await killAll(server, kills, chance, () => (state.killed += 1));
    else await pause(seconds * 1_000);
    const memory = server && (await measureMemory(server, options.steady * 1_000));
    state.isEnding = true;
    await within(patienceMs, load);
    console.error('B', performance.now() - began);
    state.isOver = true;
    await settle(patienceMs, () => rooms.every(({ open }) => [...open].every((id) => ledger.hasCompleted(id))));
    const histories = new Map<string, Heard[]>();
    for (const { id } of rooms) histories.set(id, await readHistory(url, apiKey, id));
    const isTold = ({ name }: Player) =>
      rooms.every(
        ({ id }) => (ledger.lastHeard(name, id) ?? Number.MAX_VALUE) >= (histories.get(id)?.at(-1)?.seq ?? 0),
      );
    await settle(patienceMs, () => everyone.every(isTold));
    await settle(patienceMs, () =>
      [...histories.values()].flat().every(({ id, source }) => source === 'agent_response' || ledger.hasCompleted(id)),
    );
    const findings = ledger.close(histories);
    const broken = new Set<string>(findings.filter(({ count }) => count > 0).map(({ promise }) => promise));
    if (memory && !memory.holds) broken.add('memory');
    const refusals = Object.fromEntries(tally.refusals);
    if (tally.refusals.size > 0) broken.add('refused what is right');
    return {
      target: url,
      seed,
      seconds: Math.round((performance.now() - began) / 1000),
      kills: state.killed,
      done,
      tally: { ...tally, refusals },
      completed,
      model: Object.fromEntries(modelCounts ?? []),
      findings,
      memory,
      broken: [...broken],
      again: describeCommand(options, server ? undefined : url),
    };
  } finally {
    state.isOver = true;
    stopProgress();
    for (const player of everyone) player.close();
  }
}

async function joinSome(
  player: Player,
  rooms: readonly Room[],
  chance: ReturnType<typeof createChance>,
): Promise<void> {
  const [first] = rooms;
  const some = rooms.filter(() => chance.happens(0.7));
  for (const room of some.length > 0 || !first ? some : [first]) await player.join(room.id);
}

/** Kills at random moments of the load, now and then while the server starts. */
async function killAll(
  server: ServerProcess,
  kills: number,
  chance: ReturnType<typeof createChance>,
  count: () => void,
) {
  for (let killed = 0; killed < kills; ) {
    await pause(chance.between(100, 1_200));
    await server.kill();
    count();
    killed += 1;
    while (killed < kills && chance.happens(0.1)) {
      await server.start(chance.between(20, 400));
      await server.kill();
      count();
      killed += 1;
    }
    await server.start();
  }
}

/** Memory while the load goes on: what it was after the first third, what it is at the end, and the line through it. */
async function measureMemory(server: ServerProcess, steadyMs: number): Promise<Memory | undefined> {
  const samples: { minute: number; mb: number }[] = [];
  const began = performance.now();
  while (performance.now() - began < steadyMs) {
    await pause(250);
    const mb = server.readRss();
    const ms = performance.now() - began;
    if (mb !== undefined && ms > steadyMs / 3) samples.push({ minute: ms / 60_000, mb });
  }
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (!first || !last) return undefined;
  const slopeMbPerMinute = Math.round(fitSlope(samples));
  // V8 takes what it is given before it collects: a server that is well grows by some 50 MB here, and stops.
  const holds = last.mb <= first.mb * 2 + 50;
  return { firstMb: first.mb, lastMb: last.mb, slopeMbPerMinute, holds };
}

function fitSlope(samples: readonly { minute: number; mb: number }[]): number {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(({ mb }) => mb))];
  const over = samples.reduce((sum, { minute, mb }) => sum + (minute - x) * (mb - y), 0);
  const under = samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
  return under === 0 ? 0 : over / under;
}

/** Waits until something is so, or for as long as anything may take. */
async function settle(patienceMs: number, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isSo() && performance.now() < deadline) await pause(50);
}

/** Waits for something, but no longer than `ms`; the clock alone does not keep the process. */
const within = <T>(ms: number, promise: Promise<T>): Promise<T | undefined> =>
  Promise.race([promise, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms).unref())]);

/** A connection of its own for one question. Throws `CannotStart` when there is nobody to ask. */
async function ask<T>(
  url: string,
  apiKey: string | undefined,
  question: (socket: ReturnType<typeof io>) => Promise<T>,
): Promise<T> {
  const socket = io(url, { forceNew: true, timeout: 10_000, auth: apiKey === undefined ? {} : { apiKey } });
  try {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(new CannotStart(`${url} does not answer. Is the server running there?`)),
        15_000,
      );
      socket.once('connect', () => {
        clearTimeout(deadline);
        resolve();
      });
      socket.once('connect_error', (error) => {
        clearTimeout(deadline);
        const { hint = 'Is the server running there?' } = (error as { data?: { hint?: string } }).data ?? {};
        reject(new CannotStart(`${url} cannot be connected to (${error.message}). ${hint}`));
      });
    });
    return await question(socket);
  } finally {
    socket.close();
  }
}

const findAgent = (url: string, apiKey: string | undefined): Promise<string | undefined> =>
  ask(url, apiKey, async (socket) => {
    const answer = new Promise<Payload>((resolve) => socket.once('world-state', resolve));
    socket.emit('request-world-state', {});
    const world = await within(10_000, answer);
    const agents = Object.values<Payload>(world?.agents ?? {});
    return (agents.find(({ name }) => name === 'Torture') ?? agents[0])?.id;
  });

/** All that a room holds, as a client that comes for the first time reads it. */
const readHistory = (url: string, apiKey: string | undefined, roomId: string): Promise<Heard[]> =>
  ask(url, apiKey, async (socket) => {
    const history: Heard[] = [];
    socket.on('messageBroadcast', (message: Payload) => {
      if (message.roomId === roomId) history.push(message);
    });
    const ack = await socket.timeout(120_000).emitWithAck('join', { roomId, since: 0 });
    return history.filter(({ seq }) => seq <= ack.seq);
  });

function describeCommand({ kills, seconds, seed, clients, rooms }: TortureOptions, url: string | undefined): string {
  const length =
    url === undefined && kills > 0
      ? `--kills ${kills}`
      : `${url === undefined ? '--kills 0 ' : ''}--seconds ${seconds}`;
  return `elizad torture ${url === undefined ? '' : `${url} `}${length} --seed ${seed} --clients ${clients} --rooms ${rooms}`;
}
