/** Layer d: every event of the server's own protocol, from its table, with a field spoilt, or several. */
import { isUuid, type WireInEvent, wireIn } from 'elizad-protocol';
import { forgedMetadata, reservedVoices } from './holders.ts';
import { type Packet, packet } from './packet.ts';
import type { Random } from './random.ts';
import { hostileId, hostileValue, nest, type World } from './values.ts';

/** The payload as it will stand in the packet: JSON text by path, `metadata.isDm` two steps deep. */
type Draft = [path: string, json: string][];

const fieldsOf = (event: WireInEvent): string[] => Object.keys(wireIn[event].fields);

const roomField = (event: WireInEvent): string => (fieldsOf(event).includes('channelId') ? 'channelId' : 'roomId');

/** What takes anything, or asks for many answers, is sent less often, so that the server's time goes into refusals. */
const events = (Object.keys(wireIn) as WireInEvent[]).flatMap((event) =>
  Array<WireInEvent>(event === 'request-world-state' || fieldsOf(event).length === 0 ? 1 : 5).fill(event),
);

const isId = (path: string): boolean => /id$/i.test(path) && path !== 'messageId';
const isFlag = (path: string): boolean => /^is|\.is/.test(path);

/** A value that the field takes, of the few rooms and people that there are. */
function validValue(path: string, world: World, random: Random): string {
  if (path === 'roomId' || path === 'channelId') return JSON.stringify(random.pick(world.rooms));
  if (/agentId/i.test(path)) return JSON.stringify(random.uuid());
  if (/serverId/i.test(path)) return '"00000000-0000-0000-0000-000000000000"';
  if (isId(path)) return JSON.stringify(random.pick(world.entities));
  if (isFlag(path)) return 'true';
  if (path === 'attachments') return '[{"url":"https://example.com/cat.png"}]';
  if (path === 'metadata') return random.chance(0.7) ? '{"mood":"curious"}' : forgedMetadata({ world, random });
  if (path === 'source') return JSON.stringify(random.pick(reservedVoices));
  if (path === 'since') return '999999999';
  if (path === 'limit') return '1';
  return JSON.stringify(path === 'level' ? 'warn' : `${path} ${random.int(1e6)}`);
}

const many = `[${'{"url":"x"},'.repeat(60)}{}]`;
// biome-ignore format: a table
const wrongValues: Record<string, readonly string[]> = {
  number: ['-1', '1e999', '0.5', '"1"', '[]', '9007199254740993', '{}', 'true'],
  flag: ['"yes"', '1', '[]', '{}', '"true"', '0'],
  level: ['[]', '"loud"', '0.5', 'true', '{"valueOf":1}', '1e999'],
  metadata: ['[]', '7', '"x"', 'true', '[{}]'],
  attachments: ['"x"', '7', '[{}]', '{"length":1}', '[{"url":""}]', '[null]', many, '[{"url":{}}]', '{"0":{"url":"x"}}'],
  text: ['7', '[]', '{}', 'true', '-0', '1e999', '["x"]', '{"toString":"x"}', '{"length":5}'],
};

/** What this field never takes. */
function wrongValue(path: string, world: World, random: Random): string {
  if (isId(path)) {
    const id = hostileId(world, random);
    return isUuid(JSON.parse(id)) ? '7' : id;
  }
  if (random.chance(0.1)) {
    if (path === 'metadata') return nest(random, 120);
    if (path === 'attachments') return `[{"url":"x","deep":${nest(random, 150)}}]`;
    // Longer than any name, or any text.
    return `"${'x'.repeat(path === 'text' || path === 'message' ? 100_001 : 201)}"`;
  }
  const kind = path === 'since' || path === 'limit' ? 'number' : isFlag(path) ? 'flag' : path;
  return random.pick(wrongValues[kind] ?? (wrongValues.text as string[]));
}

function draftPayload(event: WireInEvent, world: World, random: Random): Draft {
  // One spelling of the room is enough: the first one there is wins over the others.
  const isNeeded = (path: string) => /^(text|message|isTyping|limit)$/.test(path) || path === roomField(event);
  const paths = fieldsOf(event).filter((path) => isNeeded(path) || random.chance(0.3));
  return paths.map((path) => [path, validValue(path, world, random)]);
}

function spoil(draft: Draft, event: WireInEvent, world: World, random: Random): Draft {
  const paths = fieldsOf(event);
  if (paths.length === 0) return draft;
  const path = random.chance(0.2) && paths.includes(roomField(event)) ? roomField(event) : random.pick(paths);
  const others = draft.filter(([one]) => one !== path);
  // Nearly all are refused. What is valid by accident costs the disk, and that is not what is to be tried here.
  if (random.chance(0.97)) return [...others, [path, wrongValue(path, world, random)]];
  if (random.chance(0.3)) return others;
  if (random.chance(0.2)) return [...draft, ['__proto__', hostileValue(world, random)]];
  // Twice the same key, where it was there already.
  return [...draft, [path, hostileValue(world, random)]];
}

function toJson(draft: Draft): string {
  const inner = draft.filter(([path]) => path.includes('.'));
  const fields = draft.filter(([path]) => !path.includes('.')).map(([path, json]) => `${JSON.stringify(path)}:${json}`);
  if (inner.length > 0)
    fields.push(`"metadata":{${inner.map(([path, json]) => `"${path.split('.')[1]}":${json}`).join()}}`);
  return `{${fields.join()}}`;
}

/** One event, in one of its spellings, with or without an acknowledgement. */
export function eventPacket(world: World, random: Random): Packet {
  const event = random.pick(events);
  const valid = draftPayload(event, world, random);
  // Now and then somebody really invites the agent and talks to it.
  const isAgents = random.chance(0.0005);
  const toAgent: Draft = [
    [roomField(event), JSON.stringify(world.agentRoom)],
    ['agentId', JSON.stringify(world.agentId)],
  ];
  const draft = isAgents ? [...valid, ...toAgent] : spoil(valid, event, world, random);
  const isBare = fieldsOf(event).length === 0;
  const payload = random.chance(isBare ? 0.95 : 0.03) ? hostileValue(world, random) : toJson(draft);
  const ack = random.chance(0.5) ? String(random.int(1_000)) : '';
  const extra = random.chance(0.02) ? `,${hostileValue(world, random)}` : '';
  return packet('event', `42${ack}[${spell(event, payload, world, random)}${extra}]`);
}

function spell(event: WireInEvent, payload: string, world: World, random: Random): string {
  if (event !== '1' && event !== '2') return `"${event}",${payload}`;
  if (random.chance(0.4)) return `${random.chance(0.5) ? event : `"${event}"`},${payload}`;
  const type = random.chance(0.8) ? event : hostileValue(world, random);
  return `"message",{"type":${type},"payload":${payload}}`;
}
