/** One user in five thousand rooms, over five connections: it enters them, hears all of them, and comes back after a kill. */
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder } from '../../../bench/processes.ts';
import { createRandom } from '../../hostile/packets/random.ts';
import { LeanSocket, readAck } from '../lean-socket.ts';
import { audit, judge, Ledger } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { serve } from '../served.ts';
import { describeSeen, watchOthers } from '../watch.ts';

/** As many rooms as a connection may be in. */
const [connections, roomsOfEach] = [5, 1_000];
/** On a quiet machine others wait 13 ms at p99, and the user is back 0.4 s after the server. */
const [mostP99Ms, mostBackMs] = [1_000, 10_000];
/** Rooms of each connection in which somebody says something: before the kill, while the user is away, and after it is back. */
const sampled = 100;
const [inARow, patienceMs] = [100, 30_000];

export async function proveManyRooms({ seed, progress }: MissionOptions): Promise<Mission[]> {
  using folder = makeFolder();
  const random = createRandom(seed, 31);
  const dataDir = `${folder.path}/data`;
  const first = await serve(dataDir);
  const { url } = first;
  const ledger = new Ledger();
  const heard = new Heard();
  const user = crypto.randomUUID();
  const rooms = Array.from({ length: connections }, () => Array.from({ length: roomsOfEach }, () => random.uuid()));
  const some = () => rooms.flatMap((ids) => Array.from({ length: sampled }, () => random.pick(ids)));
  progress(`${connections * roomsOfEach} rooms are entered`);
  let others = await watchOthers({ url, pid: first.process.pid as number });
  const began = performance.now();
  const sockets = await Promise.all(rooms.map((ids) => enter(url, user, ids, heard)));
  const enterMs = performance.now() - began;
  await sayInAll(url, some(), ledger, '1');
  const seen = await others.stop();
  await heard.until(ledger.acked.length);
  progress('the server is killed');
  await first.end('SIGKILL');
  for (const socket of sockets) socket.cut();
  await using second = await serve(dataDir, {}, ['--port', new URL(url).port]);
  await sayInAll(url, some(), ledger, '2');
  others = await watchOthers({ url, pid: second.process.pid as number });
  const back = performance.now();
  await Promise.all(sockets.map((socket) => socket.open(url)));
  const backMs = performance.now() - back;
  await heard.until(ledger.acked.length);
  const wholeMs = performance.now() - back;
  await sayInAll(url, some(), ledger, '3');
  await heard.until(ledger.acked.length);
  const seenAfter = await others.stop();
  const resumed = sockets.filter(({ isResumed }) => isResumed).length;
  for (const socket of sockets) socket.cut();
  const verdict = judge(ledger, audit(dataDir, ledger));
  const missed = heard.countMissed(ledger);
  const p99 = Math.max(seen.p99, seenAfter.p99);
  return [
    {
      name: `${connections * roomsOfEach} rooms of one user over ${connections} connections`,
      holds: verdict.holds && missed === 0 && resumed === connections && p99 < mostP99Ms && wholeMs < mostBackMs,
      figures:
        `entered in ${(enterMs / 1_000).toFixed(1)} s; after a kill ${resumed} resumed in ${backMs.toFixed(0)} ms, with all that was missed after ${(wholeMs / 1_000).toFixed(1)} s (< ${mostBackMs / 1_000}); ` +
        `missed or heard twice ${missed}; before it ${describeSeen(seen)}; after it ${describeSeen(seenAfter)} (p99 < ${mostP99Ms}); ${verdict.figures}`,
    },
  ];
}

/** Ids of messages that were heard, and how often. */
class Heard {
  private readonly times = new Map<string, number>();

  hear(text: string): void {
    const id = /"id":"([^"]+)"/.exec(text)?.[1] ?? 'none';
    this.times.set(id, (this.times.get(id) ?? 0) + 1);
  }

  /** Resolves when so many were heard, or the patience is over. */
  async until(count: number): Promise<void> {
    for (const end = performance.now() + patienceMs; this.times.size < count && performance.now() < end; )
      await pause(5);
  }

  countMissed({ acked }: Ledger): number {
    return acked.filter(({ id }) => this.times.get(id) !== 1).length;
  }
}

async function enter(url: string, user: string, rooms: readonly string[], heard: Heard): Promise<LeanSocket> {
  const socket = new LeanSocket(user);
  socket.onMessage = (text) => heard.hear(text);
  await socket.open(url);
  for (let n = 0; n < rooms.length; n += inARow) {
    const acks = await Promise.all(rooms.slice(n, n + inARow).map((roomId) => socket.ask('join', { roomId })));
    const refused = acks.find((ack) => !ack.includes('"ok":true'));
    if (refused !== undefined) throw new Error(`a room cannot be entered: ${refused.slice(0, 300)}`);
  }
  return socket;
}

/** Somebody else says a word in each room; in one that comes twice, twice. */
async function sayInAll(url: string, rooms: readonly string[], ledger: Ledger, round: string): Promise<void> {
  const speaker = new LeanSocket(crypto.randomUUID());
  await speaker.open(url);
  const say = async (roomId: string, n: number) => {
    const clientId = `${round}-${n} in this round`;
    const ack = await speaker.ask('message', { roomId, text: 'Hello.', messageId: clientId });
    ledger.note(roomId, clientId, readAck(ack));
  };
  for (let n = 0; n < rooms.length; n += inARow)
    await Promise.all(rooms.slice(n, n + inARow).map((roomId, k) => say(roomId, n + k)));
  speaker.cut();
}
