/** What one attacker does at a time: a mission. Its number and the seed of the run say all of it; its packets are mixed from every layer. */
import { Attacker, type End } from './attacker.ts';
import { abuseConnection, hostileAuth } from './packets/connections.ts';
import { engineEnding, enginePacket } from './packets/engine.ts';
import { eventPacket } from './packets/events.ts';
import { giantPackets } from './packets/giants.ts';
import { attemptAsHolder } from './packets/holders.ts';
import { hostileRequest } from './packets/http.ts';
import type { Packet } from './packets/packet.ts';
import { createRandom, type Random } from './packets/random.ts';
import { socketEnding, socketPackets } from './packets/socket.ts';
import { attemptAsStranger } from './packets/strangers.ts';
import { openBare, type Target } from './packets/tcp.ts';
import type { World } from './packets/values.ts';
import { PollingAttacker } from './polling.ts';
import type { Tally } from './tally.ts';

export type Battle = {
  readonly seed: number;
  /** The server asks for a key, and the attackers have none. */
  readonly isKeyed: boolean;
  readonly target: Target;
  readonly world: World;
  readonly tally: Tally;
};

/** One of those who attack at the same time. What it is doing is kept, for the case that the server does not outlive it. */
export type Lane = { readonly attacker: Attacker; mission: number; sent: readonly (string | Buffer)[] };

export const openLane = ({ target, tally, world }: Battle): Lane => ({
  attacker: new Attacker(target, tally, world.pids),
  mission: -1,
  sent: [],
});

type Mission = (battle: Battle, lane: Lane, random: Random) => Promise<void>;

/** A batch of packets that a connection outlives. */
function mixPackets(world: World, random: Random): Packet[] {
  const packets: Packet[] = [];
  for (let count = 40 + random.int(120); count > 0; count--) {
    const kind = random.next();
    if (kind < 0.08) packets.push(enginePacket(world, random));
    else if (kind < 0.4) packets.push(...socketPackets(world, random));
    else packets.push(eventPacket(world, random));
  }
  if (random.chance(0.002)) packets.push(...giantPackets(world, random));
  return packets;
}

/** What may end the connection, by itself: nothing sent with it would be answered. Nothing for some. */
function pickEnding(world: World, random: Random): Packet[] {
  const kind = random.next();
  if (kind < 0.2) return [engineEnding(world, random)];
  if (kind < 0.5) return socketEnding(world, random);
  // Or with much still to be handled.
  return kind < 0.55 ? [...mixPackets(world, random), engineEnding(world, random)] : [];
}

function keepSent({ tally }: Battle, lane: Lane, packets: readonly Packet[]): void {
  lane.sent = packets.map(({ data }) => data);
  for (const { layer } of packets) tally.count(layer);
}

function check({ tally }: Battle, lane: Lane, end: End, what: string): void {
  if (end !== 'left hanging') return;
  const sent = lane.sent.map((data) => data.toString().slice(0, 2_000));
  tally.report({ what: `${what}: neither answered nor closed`, mission: lane.mission, sent });
}

/** Over a WebSocket, which is kept for the next mission as long as the server keeps it. */
const sendFrames: Mission = async (battle, lane, random) => {
  const { tally, world } = battle;
  const { attacker } = lane;
  const auth = hostileAuth(world, random);
  const batches = [mixPackets(world, random), pickEnding(world, random)];
  // The packets of a mission must not depend on what became of the one before.
  const isFresh = !attacker.isOpen || random.chance(0.1);
  if (isFresh) {
    tally.count('connection');
    lane.sent = [`40${auth}`];
    const end = await attacker.open(auth);
    check(battle, lane, end, 'a connect');
    if (end !== 'answered') check(battle, lane, await attacker.open(''), 'a connect');
  }
  for (const packets of batches) {
    if (packets.length === 0) continue;
    keepSent(battle, lane, packets);
    check(battle, lane, await attacker.send(packets), 'a batch of frames');
  }
};

const sendBodies: Mission = async (battle, lane, random) => {
  const { target, tally, world } = battle;
  const attacker = new PollingAttacker(target, tally);
  tally.count('connection');
  const auth = hostileAuth(world, random);
  const batches = [mixPackets(world, random), mixPackets(world, random), pickEnding(world, random)];
  const farewell = random.next();
  lane.sent = [`40${auth}`];
  let end = await attacker.open(auth);
  check(battle, lane, end, 'a connect by long-polling');
  for (const packets of batches) {
    if (end !== 'answered') break;
    keepSent(battle, lane, packets);
    end = await attacker.send(packets);
    check(battle, lane, end, 'a batch in a body');
  }
  // The others are left behind: the server forgets them when they do not answer its heartbeat.
  if (end === 'answered' && farewell < 0.9) await attacker.close();
};

const sendRequests: Mission = async (battle, lane, random) => {
  const { target, tally, world } = battle;
  let sid: string | undefined;
  if (random.chance(0.5)) {
    const session = new PollingAttacker(target, tally);
    check(battle, lane, await session.open(''), 'a connect by long-polling');
    sid = session.sid;
  }
  for (let count = 10; count > 0; count--) {
    const { bytes, isCut } = hostileRequest(world, random, sid);
    tally.count('http');
    lane.sent = [bytes];
    const bare = openBare(target);
    bare.send(bytes);
    if (isCut) await bare.connected();
    else if (await bare.until('HTTP/1.1 ')) tally.statuses.add(bare.received().slice(9, 12));
    else tally.statuses.add('cut off');
    if (bare.isLeftHanging()) check(battle, lane, 'left hanging', 'a request');
    // Half of them with the next request already on its way: sessions must not mind overlaps.
    if (!isCut || random.chance(0.5)) bare.drop(random);
    else setImmediate(() => bare.drop(random));
  }
};

const dropConnections: Mission = async (battle, lane, random) => {
  const abuses = Array.from({ length: 6 }, async () => {
    battle.tally.count('connection');
    const { stage, isLeftHanging } = await abuseConnection(battle.world, random, battle.target);
    if (isLeftHanging) check(battle, lane, 'left hanging', `a connection dropped at stage ${stage}`);
  });
  await Promise.all(abuses);
};

const actAsStranger: Mission = async (battle, lane, random) => {
  const { packets, isLeftHanging } = await attemptAsStranger(battle.world, random, battle.target);
  battle.tally.count('stranger', packets);
  if (isLeftHanging) check(battle, lane, 'left hanging', 'an attempt of a stranger');
};

const actAsHolder: Mission = async (battle, lane, random) => {
  const { world, target, tally } = battle;
  const onStatus = (status: string) => tally.statuses.add(status);
  const { packets, isLeftHanging } = await attemptAsHolder(world, random, target, onStatus);
  tally.count('holder', packets);
  if (isLeftHanging) check(battle, lane, 'left hanging', 'a request of a holder');
};

/** Shares of the missions. */
const shares: readonly [Mission, number][] = [
  [sendFrames, 0.76],
  [sendBodies, 0.06],
  [sendRequests, 0.07],
  [dropConnections, 0.05],
  [actAsStranger, 0.03],
  [actAsHolder, 0.03],
];

function pickMission(random: Random): Mission {
  let kind = random.next();
  for (const [mission, share] of shares) {
    kind -= share;
    if (kind < 0) return mission;
  }
  return sendFrames;
}

/** Runs one mission by its number. */
export async function runMission(battle: Battle, lane: Lane, mission: number): Promise<void> {
  const random = createRandom(battle.seed, mission);
  lane.mission = mission;
  lane.sent = [];
  await (battle.isKeyed ? actAsStranger : pickMission(random))(battle, lane, random);
}
