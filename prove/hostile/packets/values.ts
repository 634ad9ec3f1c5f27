/** Hostile values, as JSON text: what has a wrong type, breaks parsers, poisons prototypes, or almost is an id. */
import fc from 'fast-check';
import { createRandom, type Random } from './random.ts';

/** What the attackers know, and the few rooms and people they use, so that the store stays small. */
export type World = {
  readonly agentId: string;
  /** The only room into which they invite the agent. */
  readonly agentRoom: string;
  readonly rooms: readonly string[];
  readonly entities: readonly string[];
  readonly texts: readonly string[];
  readonly values: readonly string[];
  /** Secrets of sockets that were here, the newest last: real ones make the best garbage. */
  readonly pids: string[];
};

export function createWorld(seed: number, agentId: string, strangerId: string): World {
  const random = createRandom(seed, -1);
  const list = (length: number) => Array.from({ length }, () => random.uuid());
  return {
    agentId,
    agentRoom: random.uuid(),
    rooms: list(24),
    entities: [strangerId, ...list(40)],
    texts: fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { seed, numRuns: 3_000 }),
    values: fc
      .sample(fc.json({ stringUnit: 'binary', maxDepth: 4 }), { seed, numRuns: 1_000 })
      .filter(({ length }) => length < 2_000),
    pids: [],
  };
}

/** Oddities, each as it stands in the packet. */
// biome-ignore format: a table
const oddities = [
  'null', 'true', 'false', '0', '-0', '1', '-1', '1.5', '1e999', '-1e999', '1e-999', '1E+2', '9007199254740993',
  '-9223372036854775809', '123456789012345678901234567890', '0.1e1', '""', '" "', '"\\u0000"', '"a\\u0000b"',
  '"\\ud800"', '"\\udc00\\ud800"', '"\\ufffe\\uffff"', '"\\u202e\\u2066"', '"\\r\\n"', '"NaN"', '"-Infinity"', '"undefined"',
  '"null"', '"__proto__"', '"constructor"', '"prototype"', '"toString"', '"hasOwnProperty"', '"then"', '"[object Object]"',
  '"../../etc/passwd"', '"%00%ff"', '"\'; DROP TABLE messages; --"', '"{{constructor}}"', '"<script>"', '"#{1}"', '[]', '{}',
  '[null]', '[[]]', '[[[[[[]]]]]]', '[{}]', '[0]', '["a","a"]', '{"":""}', '{"0":0,"length":1}', '{"length":-1}',
  '{"length":1e999}', '{"__proto__":{"polluted":true}}', '{"__proto__":null}', '{"__proto__":[]}',
  '{"constructor":{"prototype":{"polluted":true}}}', '{"toString":1,"valueOf":1}', '{"toJSON":1}', '{"then":"x"}',
  '{"hasOwnProperty":1}', '{"a":1,"a":2,"a":{"a":3}}', '{"type":1,"payload":{}}', '{"type":2,"payload":{"type":2}}',
  '{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":-1}', '{"type":"Buffer","data":[1,2,3]}',
  '{"type":"Buffer","data":1e9}', '{"url":"x"}', '[{"url":""}]', '[{"url":1}]', '[{"url":"x","__proto__":{"a":1}}]', '[{"url":"x","id":{}}]',
] as const;

/** A hostile value of any kind; one in some hundreds is long or deep. */
export function hostileValue(world: World, random: Random): string {
  const kind = random.next();
  if (kind < 0.5) return random.pick(oddities);
  if (kind < 0.75) return random.pick(world.values);
  if (kind < 0.85) return JSON.stringify(random.pick(world.texts));
  if (kind < 0.985) return hostileId(world, random);
  return kind < 0.9925 ? nest(random, 2 + random.int(random.chance(0.05) ? 20_000 : 300)) : longText(random);
}

/** An id that is not one, or is not theirs: off by a character, dressed up, an agent's, somebody else's. */
export function hostileId(world: World, random: Random): string {
  const id = random.pick(random.chance(0.5) ? world.rooms : world.entities);
  // biome-ignore format: a table
  const spoilt = [
    id.slice(1), `${id}0`, `{${id}}`, `urn:uuid:${id}`, id.replaceAll('-', ''), `${id}\n`, ` ${id}`, id.replace(/.$/, 'g'),
    id.replace('-', '‐'), id.toUpperCase(), id.replace(/\d/, '١'), `${id}\u0000`, id.replace(/^./, '\ud800'), `${id},${id}`,
    '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '--------', id, world.agentId,
  ];
  return JSON.stringify(random.pick(spoilt));
}

/** Lists or objects within each other. */
export function nest(random: Random, depth: number): string {
  return random.chance(0.5)
    ? '['.repeat(depth) + ']'.repeat(depth)
    : `${'{"a":'.repeat(depth)}null${'}'.repeat(depth)}`;
}

const units = ['x', '\\u0000', '\\ud800', '\\"', '😀', 'ﷺ', ' '];

function longText(random: Random): string {
  const unit = random.pick(units);
  return `"${unit.repeat(Math.ceil((random.chance(0.02) ? 150_000 : 300 + random.int(3_000)) / unit.length))}"`;
}
