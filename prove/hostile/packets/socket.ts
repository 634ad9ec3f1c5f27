/** Layer c: packets of Socket.IO: namespaces, acknowledgements, binary, names, JSON. */
import { wireIn, wireOut } from 'elizad-protocol';
import { type Packet, packet } from './packet.ts';
import type { Random } from './random.ts';
import { hostileValue, nest, type World } from './values.ts';

// biome-ignore format: a table
const names = [
  ...Object.keys(wireIn), ...Object.keys(wireOut), '', ' ', '0', '3', '__proto__', 'constructor', 'prototype', 'toString',
  'hasOwnProperty', 'error', 'data', 'close', 'end', 'ready', 'ping', 'pong', 'reconnect', 'connection', 'listener',
  'Message', 'messages', 'join ', 'join\u0000', 'subscribe_logs ', 'then', 'emit', 'on', 'domain',
];
const reserved = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];
const numbers = ['0', '-0', '1', '2', '3', '-1', '1.5', '1e999', '9007199254740993'];
const ackIds = ['', '0', '1', '7', '4294967296', '9007199254740993', '99999999999999999999', '000'];
const namespaces = [
  '/',
  '/admin',
  '/__proto__',
  '/constructor',
  '/%00',
  '//',
  '/a,b',
  `/${'n'.repeat(300)}`,
  '/😀',
  '/?x=1',
];

const text = (packets: string[]): Packet[] => packets.map((data) => packet('socket', `4${data}`));

function hostileName({ texts }: World, random: Random): string {
  const kind = random.next();
  if (kind < 0.2) return random.pick(numbers);
  if (kind < 0.3) return JSON.stringify(random.pick(texts));
  if (kind < 0.31) return JSON.stringify('n'.repeat(random.int(5_000)));
  return JSON.stringify(random.pick(names));
}

function listArguments(world: World, random: Random): string {
  const count = random.chance(0.003) ? 3_000 : random.int(4);
  if (count > 100) return `,${random.pick(['null', '{}', '[]', '"x"'])}`.repeat(count);
  return Array.from({ length: count }, () => `,${hostileValue(world, random)}`).join('');
}

type Attack = (world: World, random: Random) => Packet[];

/** Those that a connection outlives. */
// biome-ignore format: one attack, one line
const attacks: Attack[] = [
  (world, random) => text([`2${random.pick(ackIds)}[${hostileName(world, random)}${listArguments(world, random)}]`]),
  (world, random) => text([`2${random.pick(ackIds)}[${hostileName(world, random)}${listArguments(world, random)}]`]),
  (world, random) => text([`2/,${random.pick(ackIds)}[${hostileName(world, random)},${hostileValue(world, random)}]`]),
  (world, random) => text([`2 [ ${hostileName(world, random)} , ${hostileValue(world, random)} ] `.replace('2 ', '2')]),
  (world, random) => text([`3${random.pick(ackIds)}[${hostileValue(world, random)}${listArguments(world, random)}]`]),
  (_, random) => text([random.pick(['2', '27', '3', '37', '399999999999999999999', '2/', '2/,', '2/,7'])]),
  (_, random) => text([`0${random.pick(namespaces.slice(1))},${random.pick(['', '{}', '{"pid":"x","offset":"1"}'])}`]),
  (_, random) => text([`2["message",${random.pick([nest(random, 101), nest(random, 2_000), '{"roomId":1,"roomId":{}}'])}]`]),
  // Binary where the server expects none: announced right, and in whatever place.
  (_, random) => {
    const count = 1 + random.int(3);
    const places = Array.from({ length: count }, (_none, num) => `,{"_placeholder":true,"num":${num}}`).join('');
    const binaries = Array.from({ length: count }, () => packet('socket', random.bytes(random.int(40))));
    return [...text([`5${count}-${random.pick(ackIds.slice(0, 4))}["${random.pick(Object.keys(wireIn))}"${places}]`]), ...binaries];
  },
];

// biome-ignore format: one attack, one line
/** Those that may end it: what is no packet, what is out of order, binary that does not add up. */
const endings: Attack[] = [
  (world, random) => text([`2[${hostileName(world, random)},${hostileValue(world, random)}`.slice(0, -1 - random.int(5))]),
  (world, random) => text([`2${random.pick(['', '1'])}${hostileValue(world, random)}`]),
  (world, random) => text([`2[${hostileValue(world, random)}]`]),
  (_, random) => text([`2["${random.pick(reserved)}",${random.pick(['null', '"x"', '{}'])}]`]),
  (world, random) => text([random.pick(['0', '1', '4', '6', '7', '8', '9', 'x', '-', '😀']) + random.pick(world.texts)]),
  (world, random) => text(Array.from({ length: 1 + random.int(20) }, () => `0${hostileValue(world, random)}`)),
  (_, random) => text([random.pick(['0', '0{}', '1', '1/admin,', '4"x"', '4{"message":"x"}', '2/admin,["message",{}]', '5-["x"]', '51["x"]'])]),
  (_, random) => text([random.pick(['50-["x"]', '5-1-["x"]', '5999999999-["x"]', '51.5-["x"]', '51e3-["x"]', '511-["x"]', '61-[]'])]),
  (_, random) => [...text([`5${1 + random.int(3)}-["message",{"_placeholder":true,"num":0}]`]), ...text(['2["join",{}]'])],
  (_, random) => [...text(['51-["message",{"_placeholder":true,"num":0}]']), packet('socket', random.bytes(9)), packet('socket', random.bytes(9))],
  (_, random) => {
    const num = random.pick(['1', '-1', '1e999', '"0"', '0.5', '99', 'null', '"__proto__"', '"length"']);
    const head = random.pick(['51-["message",', '51-[2,', '51-/,["message",', '61-7[', '52-/,[1,']);
    return [...text([`${head}{"roomId":{"_placeholder":true,"num":${num}}}]`]), packet('socket', random.bytes(5))];
  },
];

export const socketPackets = (world: World, random: Random): Packet[] => random.pick(attacks)(world, random);

export const socketEnding = (world: World, random: Random): Packet[] => random.pick(endings)(world, random);
