/** One run: players and load, kills, the steady end, and what came of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Chance, createChance, pause } from './chance.ts';
import { type Ending, finish, waitUntil } from './ending.ts';
import { killAll } from './kills.ts';
import { type Finding, openLedger } from './ledger.ts';
import { type Done, type Load, type Phase, type Room, startLoad } from './load.ts';
import { type Memory, measureMemory } from './memory.ts';
import type { Payload, Tally } from './players/asking.ts';
import { openPlayer, type Player } from './players/player.ts';
import { findAgent } from './players/stranger.ts';
import { showProgress } from './progress.ts';
import { type Kill, killProject } from './project/project-kills.ts';
import { openQuestions, type Summary } from './project/questions.ts';
import { CannotStart, type ServerProcess } from './server-process.ts';

export type TortureOptions = {
  kills: number;
  seconds: number;
  seed: number;
  clients: number;
  rooms: number;
  /** Load without kills and cuts at the end, after which a server of our own must have kept nothing of it, in s. */
  steady: number;
  /** How long nothing may come at the end before what is still due counts as missing, and how long it may take to be let in, in s. */
  patience: number;
  apiKey: string | undefined;
  /** What the agent of a project is asked; `{id}` stands for the name of the message. */
  questions: readonly string[];
  /** How long it is killed at most, in s. */
  withinSeconds: number;
};

/** What was done and seen. */
export type Outcome = {
  seconds: number;
  kills: number;
  done: Done;
  tally: Tally;
  /** Events that came once more, because a client was cut off between one and its place in the log. */
  heardAgain: number;
  /** Questions by how they ended. */
  completed: Record<string, number>;
  findings: Finding[];
  memory: Memory | undefined;
  /** What a server of our own did that nobody asked for. */
  failures: readonly string[];
  /** Of a run with a project: what was hit when, and how its questions ended. */
  project: Summary | undefined;
};

const transports = [['websocket'], ['polling'], ['polling', 'websocket']];

/** A server of our own (`server`) is killed and measured; a foreign one is not. Throws `CannotStart` before anything was done. */
export async function runTorture(options: TortureOptions, url: string, server?: ServerProcess): Promise<Outcome> {
  const { kills, seed, apiKey, questions } = options;
  const place = { url, apiKey };
  const began = performance.now();
  const ledger = openLedger();
  const done: Done = { sends: 0, acks: 0, cuts: 0, stalls: 0, cancels: 0, visits: 0 };
  const tally: Tally = { retries: 0, resumed: 0, fresh: 0, heard: 0, refusals: new Map() };
  const completed: Record<string, number> = {};
  const state: { phase: Phase; killed: number } = { phase: 'rough', killed: 0 };
  const chance = createChance(seed, 2);
  const agentId = await findAgent(place);
  const rooms: Room[] = Array.from({ length: options.rooms }, (_, index) => ({
    id: crypto.randomUUID(),
    agentId: index % 2 === 0 ? agentId : undefined,
    open: new Set(),
  }));
  const ending: Ending = { place, patience: options.patience, rooms, ledger, tally, done, completed };
  const common = { ...place, ledger, tally, isOver: () => state.phase === 'over' };
  // One that is in every room and is never cut off by us: what it does not hear, nobody was told.
  const witness = openPlayer({ ...common, name: 'witness', transports: ['websocket'] });
  witness.socket.on('messageComplete', ({ outcome }: Payload) => {
    completed[outcome] = (completed[outcome] ?? 0) + 1;
  });
  const ofProject = server?.host && openQuestions();
  if (ofProject) witness.socket.on('messageBroadcast', ofProject.hear).on('messageComplete', ofProject.completed);
  const note = (kill?: Kill) => {
    state.killed += 1;
    if (kill) ofProject?.note(kill);
  };
  const players = Array.from({ length: options.clients }, (_, index) =>
    openPlayer({ ...common, name: `client ${index + 1}`, transports: transports[index % 3] as string[] }),
  );
  const stopProgress = showProgress(() => {
    const open = rooms.reduce((sum, room) => sum + room.open.size, 0);
    const seconds = Math.round((performance.now() - began) / 1000);
    return `${seconds} s  kills ${state.killed}/${kills}  sent ${done.sends}  acked ${done.acks}  heard ${tally.heard}  cuts ${done.cuts}  recovered ${tally.resumed}, fresh ${tally.fresh}  open turns ${open}`;
  });
  try {
    for (const room of rooms) {
      const late = wait(options.patience * 1_000, undefined, { ref: false });
      const isIn = await Promise.race([witness.join(room.id, room.agentId), late]);
      if (isIn === undefined) throw new CannotStart(`${url} admits no client to a room within ${options.patience} s.`);
    }
    await Promise.all(players.map((player) => joinSome(player, rooms, chance)));
    const [refusal] = tally.refusals.keys();
    if (refusal) throw new CannotStart(`${url} refuses the first requests of the test (${refusal}).`);
    const load = startLoad({ seed, players, rooms, ledger, tally, done, questions, phase: () => state.phase });
    let memory: Memory | undefined;
    if (!server) await pause(options.seconds * 1_000);
    else {
      try {
        const isAsked = (roomId: string) => rooms.some(({ id, agentId }) => id === roomId && agentId !== undefined);
        if (kills > 0 && server.host)
          await killProject({ ...options, server, host: server.host, witness, chance, isAsked, note });
        else if (kills > 0) await killAll({ server, witness, kills, chance, count: note });
        else await pause(options.seconds * 1_000);
        memory = await measureMemory(
          server,
          () => rest(load),
          () => steady(),
        );
      } catch (error) {
        if (server.failures.length === 0) throw error;
      }
    }
    state.phase = 'ended';
    const findings = [...(await finish(ending, load, server)), ...(ofProject?.judge() ?? [])];
    const seconds = Math.round((performance.now() - began) / 1000);
    const failures = server?.failures ?? [];
    const heardAgain = ledger.countAgain();
    const project = ofProject?.summarize();
    return { seconds, kills: state.killed, done, tally, heardAgain, completed, findings, memory, failures, project };
  } finally {
    state.phase = 'over';
    stopProgress();
    for (const player of [witness, ...players]) player.close();
  }

  async function rest(load: Load): Promise<void> {
    state.phase = 'resting';
    await waitUntil(ending, load.isAtRest);
  }

  async function steady(): Promise<number> {
    const before = done.acks;
    state.phase = 'steady';
    await pause(options.steady * 1_000);
    return done.acks - before;
  }
}

async function joinSome(player: Player, rooms: readonly Room[], chance: Chance): Promise<void> {
  const [first] = rooms;
  const some = rooms.filter(() => chance.happens(0.7));
  for (const room of some.length > 0 || !first ? some : [first]) await player.join(room.id);
}
