/** What clients do in a run, each by a stream of chance of its own, until the run is over. */
import { type Chance, createChance, pause } from './chance.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { Player, Tally } from './player.ts';

export type Done = { sends: number; acks: number; cuts: number; stalls: number; cancels: number; visits: number };

/** A room, and how many questions in it wait for their end: an agent answers them one by one. */
export type Room = { id: string; agentId: string | undefined; open: Set<string> };

export type LoadDeps = {
  seed: number;
  players: readonly Player[];
  rooms: readonly Room[];
  ledger: Ledger;
  tally: Tally;
  done: Done;
  /** No new sends from here on. */
  isEnding: () => boolean;
  /** Nothing more is tried. */
  isOver: () => boolean;
};

const mostOpen = 8;
const lengths = [0, 20, 20, 200, 200, 2_000, 20_000];

/** Resolves when all that was begun has been acknowledged, or the run is over. */
export async function runLoad(deps: LoadDeps): Promise<void> {
  await Promise.all(deps.players.map((player, index) => play(deps, player, createChance(deps.seed, 100 + index))));
}

async function play(deps: LoadDeps, player: Player, chance: Chance): Promise<void> {
  const { rooms, done, isEnding, ledger } = deps;
  const sending = new Set<Promise<void>>();
  const said: { sent: Sent; text: string }[] = [];
  for (let count = 0; !isEnding(); count++) {
    const room = chance.oneOf(rooms);
    const isBusy = sending.size >= 4 || countOpen(room, ledger) >= mostOpen || !ledger.isIn(player.name, room.id);
    if (!isBusy) {
      const sent = { room: room.id, sender: player.entityId, messageId: `${player.name}-${count}` };
      const text = 'x'.repeat(chance.oneOf(lengths));
      const whole = sendUntilAcked(deps, player, chance, room, sent, text).finally(() => sending.delete(whole));
      sending.add(whole);
      said.push({ sent, text });
    }
    if (chance.happens(0.01) && said.length > 0) {
      const { sent, text } = chance.oneOf(said);
      void sendAgain(deps, player, chance, sent, text);
    }
    if (chance.happens(0.012)) {
      done.cuts += 1;
      player.cut(chance.oneOf(['close', 'destroy']));
    }
    if (chance.happens(0.004)) {
      done.stalls += 1;
      void player.stall(chance.between(100, 1_500));
    }
    if (chance.happens(0.004) && ledger.isIn(player.name, room.id)) {
      done.visits += 1;
      await player.leave(room.id);
      await player.join(room.id);
    }
    await pause(chance.between(5, 40));
  }
  await Promise.all(sending);
}

/** Agents answer one after the other: more questions than a few would only wait. */
function countOpen({ open }: Room, ledger: Ledger): number {
  for (const id of open) if (ledger.hasCompleted(id)) open.delete(id);
  return open.size;
}

async function sendUntilAcked(
  deps: LoadDeps,
  own: Player,
  chance: Chance,
  room: Room,
  sent: Sent,
  text: string,
): Promise<void> {
  const { done, tally, ledger, isOver } = deps;
  done.sends += 1;
  for (let tries = 0; !isOver(); ) {
    // Now and then over another connection, in the other dialect: it is the same message all the same.
    const over = tries > 0 && chance.happens(0.3) ? chance.oneOf(deps.players) : own;
    if (!over.socket.connected) {
      await pause(30);
      continue;
    }
    if (tries > 0) tally.retries += 1;
    tries += 1;
    const ack = await over.send(sent, text, chance.oneOf(['documented', 'envelope']));
    if (!ack) continue;
    done.acks += 1;
    ledger.acked(sent, ack);
    if (room.agentId === undefined) return;
    room.open.add(ack.id);
    if (chance.happens(0.03)) {
      await pause(chance.between(0, 50));
      done.cancels += 1;
      own.socket.emit('cancel', { roomId: room.id, messageId: ack.id });
    }
    return;
  }
}

/** A retry of what was sent long ago: the same acknowledgement, and nothing else. */
async function sendAgain(deps: LoadDeps, own: Player, chance: Chance, sent: Sent, text: string): Promise<void> {
  if (!own.socket.connected) return;
  deps.tally.retries += 1;
  const ack = await own.send(sent, text, chance.oneOf(['documented', 'envelope']));
  if (ack) deps.ledger.acked(sent, ack);
}
