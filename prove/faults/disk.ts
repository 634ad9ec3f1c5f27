/**
 * Missions below the process: the power goes at any moment, and a sync fails at any moment. A ledger of its own says what
 * was acknowledged when; what is on the disk then is put together from every write and sync that was done.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { type Chance, createChance } from '../../packages/server/src/cli/torture/chance.ts';
import { DiskImage, type Loss, losses } from '../../packages/server/tests/support/disk-image.ts';
import {
  buildDisk,
  type DiskOp,
  EIO,
  type FailingDisk,
  openFailingDisk,
} from '../../packages/server/tests/support/failing-disk.ts';
import type { Mission, MissionOptions } from './mission.ts';
import { connect, makeFolder, type Served, serve } from './served.ts';

/** Moments at which the power goes, of each of the two missions. */
const points = { power: 170, sync: 34 };
const senders = 8;

/** Something that was acknowledged: a message by its id, or an upload by where it is; `time` as in the log of the disk. */
type Acked = { time: bigint; messageId: string } | { time: bigint; upload: string };

type Load = { acked: Acked[]; refused: number; stop(): Promise<void> };

/** People who talk with Eliza and upload files, until they are stopped. */
async function talk(url: string, chance: Chance): Promise<Load> {
  const load = { acked: [] as Acked[], refused: 0 };
  let goesOn = true;
  const agents = (await (await fetch(`${url}/api/agents`)).json()) as { data: { agents: { id: string }[] } };
  const agentId = agents.data.agents[0]?.id;
  const run = async (index: number) => {
    using client = await connect(url, { entityId: crypto.randomUUID() });
    const roomId = crypto.randomUUID();
    await client.emitWithAck('join', { roomId, ...(index % 4 === 0 && { agentId }) });
    for (let n = 0; goesOn; n++) {
      const messageId = `${index}-${n}`;
      const text = 'a'.repeat(chance.between(1, chance.happens(0.05) ? 20_000 : 300));
      const ack = await client.timeout(10_000).emitWithAck('message', { roomId, text, messageId });
      if (ack.ok) load.acked.push({ time: process.hrtime.bigint(), messageId });
      else load.refused += 1;
      if (chance.happens(0.02)) await upload(url, roomId, load);
      await pause(chance.between(0, 8));
    }
  };
  const running = Array.from({ length: senders }, (_, index) => run(index));
  return Object.assign(load, {
    async stop() {
      goesOn = false;
      await Promise.all(running);
    },
  });
}

async function upload(url: string, roomId: string, load: { acked: Acked[]; refused: number }): Promise<void> {
  const body = new FormData();
  body.append('file', new File(['b'.repeat(5_000)], 'a.txt', { type: 'text/plain' }));
  const path = `${url}/api/messaging/channels/${roomId}/upload-media`;
  const answer = await fetch(path, { method: 'POST', body });
  const { data } = (await answer.json()) as { data?: { url: string } };
  if (answer.status === 200 && data) load.acked.push({ time: process.hrtime.bigint(), upload: data.url });
  else load.refused += 1;
}

/** What is wrong with what a loss of power has left, in words. */
function findFaults(directory: string, acked: readonly Acked[]): string[] {
  const path = join(directory, 'elizad.sqlite');
  if (!existsSync(path)) return acked.length > 0 ? ['there is no database'] : [];
  const file = new DatabaseSync(path);
  try {
    const faults: string[] = [];
    const check = String(file.prepare('pragma integrity_check').get()?.integrity_check);
    if (check !== 'ok') faults.push(check);
    const has = (table: string) => file.prepare('select 1 from sqlite_master where name = ?').get(table) !== undefined;
    if (!has('messages')) return acked.length > 0 ? ['there are no tables'] : faults;
    const ids = file.prepare('select client_message_id as id from messages where client_message_id is not null').all();
    const known = new Set(ids.map(({ id }) => String(id)));
    if (known.size < ids.length) faults.push(`${ids.length - known.size} doubled`);
    const lost = acked.filter((one) => 'messageId' in one && !known.has(one.messageId));
    if (lost.length > 0) faults.push(`${lost.length} acked messages lost`);
    const gaps = file
      .prepare('select channel_id from messages group by channel_id having max(seq) <> count(*) or min(seq) <> 1')
      .all();
    if (gaps.length > 0) faults.push(`${gaps.length} rooms with gaps`);
    const kept = new Set(
      readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => name.split('/').at(-1)),
    );
    const uploads = acked.filter((one) => 'upload' in one);
    const gone = uploads.filter(({ upload }) => !kept.has(upload.split('/').at(-1) ?? ''));
    if (gone.length > 0) faults.push(`${gone.length} acked uploads lost`);
    return faults;
  } finally {
    file.close();
  }
}

type Outcome = { images: number; faults: string[]; started: number };

/** Lets the power go at moments all over what was done, in each of the ways. */
async function cutPower(
  ops: readonly DiskOp[],
  acked: readonly Acked[],
  count: number,
  chance: Chance,
): Promise<Outcome> {
  const outcome: Outcome = { images: 0, faults: [], started: 0 };
  const image = new DiskImage();
  const moments = new Set(Array.from({ length: count }, () => chance.between(0, ops.length - 1)));
  for (const [index, op] of ops.entries()) {
    image.apply(op);
    if (!moments.has(index)) continue;
    const loss = chance.oneOf<Loss>(losses);
    using folder = makeFolder();
    image.save(folder.path, loss, () => chance.between(0, 1e9) / 1e9);
    // What the next operation did not yet see: an acknowledgement comes after the sync that it waited for.
    const due = acked.filter(({ time }) => time < op.time);
    const faults = findFaults(folder.path, due);
    outcome.faults.push(...faults.map((fault) => `${fault} (operation ${index} of ${ops.length}, ${loss})`));
    outcome.images += 1;
    if (outcome.images % 40 === 1) outcome.started += await canStart(folder.path);
  }
  return outcome;
}

async function canStart(directory: string): Promise<number> {
  await using server = await serve(directory);
  using client = await connect(server.url);
  const { ok } = await client.emitWithAck('message', { roomId: crypto.randomUUID(), text: 'It goes on.' });
  return ok ? 1 : 0;
}

async function run(seed: number, seconds: number, during: (disk: FailingDisk, server: Served) => Promise<void>) {
  using folder = makeFolder();
  const disk = openFailingDisk(folder.path);
  await using server = await serve(disk.data, disk.env);
  const load = await talk(server.url, createChance(seed, 1));
  await Promise.all([pause(seconds * 1_000), during(disk, server)]);
  await load.stop();
  const code = await server.end('SIGKILL');
  return { ...load, code, ops: disk.listOps() };
}

const toMission = (name: string, what: string, { images, faults, started }: Outcome, least: number): Mission => ({
  name,
  holds: faults.length === 0 && images >= least,
  figures: `${what}; ${images} losses of power (${losses.join(', ')}), a server started on ${started}; ${faults.length > 0 ? `**${faults.slice(0, 5).join('; ')}**` : 'acked messages lost 0, doubled 0, gaps 0, uploads lost 0'}`,
});

export async function failDisks({ seed, progress }: MissionOptions): Promise<Mission[]> {
  if (!buildDisk()) return [{ name: 'loss of power', holds: false, figures: 'there is no compiler for C here' }];
  const chance = createChance(seed, 2);
  const describe = ({ acked, refused }: { acked: Acked[]; refused: number }) =>
    `${acked.length} acked, ${refused} refused`;
  progress('loss of power');
  const calm = await run(seed, 10, async () => {});
  const power = await cutPower(calm.ops, calm.acked, points.power, chance);
  progress('syncs that fail');
  let spells = 0;
  const rough = await run(seed + 1, 12, async (disk) => {
    for (; spells < points.sync; spells++) {
      await pause(chance.between(30, 200));
      disk.fail({ sync: { errno: EIO, perMille: chance.oneOf([300, 1_000]) } });
      await pause(chance.between(5, 120));
      disk.fail();
    }
  });
  const sync = await cutPower(rough.ops, rough.acked, points.power, chance);
  const failed = rough.ops.filter(({ kind }) => kind === 'sync-failed').length;
  return [
    toMission('loss of power', describe(calm), power, points.power * 0.9),
    toMission(
      'syncs that fail',
      `${describe(rough)}, ${spells} spells, ${failed} syncs failed`,
      sync,
      points.power * 0.9,
    ),
  ];
}
