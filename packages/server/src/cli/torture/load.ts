/** What clients do in a run, each by a stream of chance of its own, until the run is over. */
import { type Chance, createChance, pause } from './chance.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { Tally } from './players/asking.ts';
import type { Dialect, Player } from './players/player.ts';

export type Done = { sends: number; acks: number; cuts: number; stalls: number; cancels: number; visits: number };

/** A room, and its questions that wait for their end: an agent answers them one by one. */
export type Room = { id: string; agentId: string | undefined; open: Set<string> };

/**
 * Rough: everything. Steady: no connection is cut and no reader stalls. Resting: nothing new. Ended: nothing new any
 * more, but what was begun goes on. Over: nothing is tried again.
 */
export type Phase = 'rough' | 'resting' | 'steady' | 'ended' | 'over';

export type LoadDeps = {
  seed: number;
  players: readonly Player[];
  rooms: readonly Room[];
  ledger: Ledger;
  tally: Tally;
  done: Done;
  /** Asked in rooms with an agent, instead of words of any length; `{id}` stands for the name of the message. */
  questions: readonly string[];
  phase: () => Phase;
};

/** Something said: to be said again, and again. */
type Saying = { sent: Sent; room: Room; text: string };

export type Load = {
  /** Settles when all that was begun has been acknowledged or refused, or the run is over. */
  ended: Promise<unknown>;
  /** Nothing is on its way, and no question is open. */
  isAtRest(): boolean;
};

const mostOpen = 8;
const mostSending = 6;
/** Sends that may still be repeated, long after their acknowledgement. */
const mostRemembered = 500;
const lengths = [0, 20, 20, 200, 200, 200, 2_000, 2_000, 20_000];
const dialects: readonly Dialect[] = ['documented', 'envelope'];

export function startLoad(deps: LoadDeps): Load {
  const sending = new Set<Promise<void>>();
  const playing = deps.players.map((player, index) =>
    play(deps, player, createChance(deps.seed, 100 + index), sending),
  );
  const cutting = cutInBursts(deps, createChance(deps.seed, 3));
  return {
    ended: Promise.all([...playing, cutting]).then(() => Promise.all(sending)),
    isAtRest: () => sending.size === 0 && deps.rooms.every((room) => countOpen(room, deps.ledger) === 0),
  };
}

async function play(deps: LoadDeps, player: Player, chance: Chance, sending: Set<Promise<void>>): Promise<void> {
  const { rooms, done, phase, ledger } = deps;
  const said: Saying[] = [];
  const begin = (work: Promise<void>) => {
    const whole = work.finally(() => sending.delete(whole));
    sending.add(whole);
    return whole;
  };
  let own = 0;
  for (let count = 0; isOn(phase()); count++) {
    await pause(chance.between(5, 30));
    if (phase() === 'resting') continue;
    const here = rooms.filter(({ id }) => ledger.isIn(player.name, id));
    const free = here.filter((room) => countOpen(room, ledger) < mostOpen);
    if (free.length > 0 && own < mostSending) {
      const room = chance.oneOf(free);
      const sent = { room: room.id, sender: player.entityId, messageId: `${player.name}-${count}` };
      const saying = { sent, room, text: wordsFor(deps, chance, sent, room) };
      own += 1;
      void begin(sendUntilAcked(deps, player, chance, saying)).finally(() => (own -= 1));
      if (said.push(saying) > mostRemembered) said.shift();
    }
    if (chance.happens(0.01) && said.length > 0) void begin(sendAgain(deps, player, chance, chance.oneOf(said)));
    if (chance.happens(0.004) && here.length > 0) {
      const room = chance.oneOf(here);
      done.visits += 1;
      await player.leave(room.id);
      await player.join(room.id);
    }
    if (phase() !== 'rough') continue;
    if (chance.happens(0.015)) cut(deps, player, chance);
    if (chance.happens(0.004)) {
      done.stalls += 1;
      void player.stall(chance.between(100, 1_500));
    }
  }
}

function wordsFor({ questions }: LoadDeps, chance: Chance, { messageId }: Sent, { agentId }: Room): string {
  const length = chance.oneOf(lengths);
  if (questions.length === 0 || agentId === undefined) return 'x'.repeat(length);
  return chance.oneOf(questions).replaceAll('{id}', messageId);
}

const isOn = (phase: Phase) => phase !== 'ended' && phase !== 'over';

function cut({ done }: LoadDeps, player: Player, chance: Chance): void {
  if (player.cut(chance.oneOf(['close', 'destroy']))) done.cuts += 1;
}

/** A network that goes away takes many connections with it at once. */
async function cutInBursts(deps: LoadDeps, chance: Chance): Promise<void> {
  while (deps.phase() === 'rough') {
    await pause(chance.between(1_000, 3_000));
    if (deps.phase() !== 'rough') return;
    for (const player of deps.players) if (chance.happens(0.7)) cut(deps, player, chance);
  }
}

/** Agents answer one after the other: more questions than a few would only wait. */
function countOpen({ open }: Room, ledger: Ledger): number {
  for (const id of open) if (ledger.hasCompleted(id)) open.delete(id);
  return open.size;
}

async function sendUntilAcked(deps: LoadDeps, player: Player, chance: Chance, saying: Saying): Promise<void> {
  const { done, tally, ledger, phase } = deps;
  const { sent, room, text } = saying;
  done.sends += 1;
  for (let tries = 0; phase() !== 'over'; ) {
    // Now and then from another connection, and in the other dialect: it is the same message all the same.
    if (!player.socket.connected) {
      await pause(30);
      continue;
    }
    const isElsewhere = tries > 0 && chance.happens(0.2);
    if (tries > 0) tally.retries += 1;
    tries += 1;
    const ack = await player[isElsewhere ? 'sendElsewhere' : 'send'](sent, text, chance.oneOf(dialects));
    if (ack === 'refused') return;
    if (!ack) continue;
    done.acks += 1;
    ledger.acked(sent, ack);
    if (room.agentId === undefined) return;
    room.open.add(ack.id);
    if (!chance.happens(0.03)) return;
    await pause(chance.between(0, 50));
    done.cancels += 1;
    player.socket.emit('cancel', { roomId: room.id, messageId: ack.id });
    return;
  }
}

/** A retry of what was sent long ago: the same acknowledgement, and nothing else. */
async function sendAgain(
  { tally, ledger }: LoadDeps,
  player: Player,
  chance: Chance,
  { sent, text }: Saying,
): Promise<void> {
  tally.retries += 1;
  const ack = await player[chance.happens(0.3) ? 'sendElsewhere' : 'send'](sent, text, chance.oneOf(dialects));
  if (ack && ack !== 'refused') ledger.acked(sent, ack);
}
