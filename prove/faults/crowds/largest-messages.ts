/** Messages of the largest size to five hundred readers of a room, one after the other: all of them get all, whole and in order. */
import { makeFolder, startLoad } from '../../../bench/processes.ts';
import { LeanSocket, readAck } from '../lean-socket.ts';
import { audit, judge, Ledger } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { serve } from '../served.ts';
import { describeSeen, watchOthers } from '../watch.ts';
import type { HerdCommands } from './herd.ts';

const [readers, messages, characters] = [500, 50, 100_000];
/** Two and a half gigabytes go out meanwhile. On a quiet machine others wait 455 ms at p99. */
const [mostP99Ms, mostRssMb] = [2_500, 500];
const mostMs = 90_000;

export async function proveLargestMessages({ progress }: MissionOptions): Promise<Mission[]> {
  using folder = makeFolder();
  const dataDir = `${folder.path}/data`;
  await using server = await serve(dataDir);
  const { url } = server;
  await using herd = startLoad<HerdCommands>('../prove/faults/crowds/herd.ts');
  const roomId = crypto.randomUUID();
  progress(`${readers} readers enter`);
  const people = Array.from({ length: readers }, () => crypto.randomUUID());
  await herd.ask('open', { url, count: readers, people, roomId });
  progress(`${messages} messages of ${characters} characters`);
  const others = await watchOthers({ url, pid: server.process.pid as number });
  const speaker = new LeanSocket(crypto.randomUUID());
  await speaker.open(url);
  const ledger = new Ledger();
  const began = performance.now();
  for (let n = 0; n < messages; n++) {
    const clientId = `speaker ${n}`;
    const text = String(n % 10).repeat(characters);
    const ack = await speaker.ask('message', { roomId, text, messageId: clientId });
    ledger.note(roomId, clientId, readAck(ack));
  }
  const { whole, outOfOrder, torn } = await herd.ask('hear', { upTo: messages, characters, mostMs });
  const ms = performance.now() - began;
  const seen = await others.stop();
  speaker.cut();
  const verdict = judge(ledger, audit(dataDir, ledger));
  return [
    {
      name: `${messages} messages of ${characters.toLocaleString('en')} characters to ${readers} readers`,
      holds:
        verdict.holds && whole === readers && outOfOrder + torn === 0 && seen.p99 < mostP99Ms && seen.rssMb < mostRssMb,
      figures:
        `${whole} of ${readers} have heard all after ${(ms / 1_000).toFixed(1)} s, ${outOfOrder} out of order, ${torn} torn; ` +
        `${describeSeen(seen)} (p99 < ${mostP99Ms}, RSS < ${mostRssMb} MB); ${verdict.figures}`,
    },
  ];
}
