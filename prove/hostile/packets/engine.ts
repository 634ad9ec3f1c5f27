/** Layer b: packets of Engine.IO that have no business there. */
import { type Packet, packet } from './packet.ts';
import type { Random } from './random.ts';
import type { World } from './values.ts';

/** A packet that a connection outlives: heartbeats unasked for, upgrades out of place. */
export function enginePacket({ texts }: World, random: Random): Packet {
  const type = random.pick(['3', '3', '3probe', '5', '5probe', '6', '6', '0', '0{"sid":"x"}']);
  const rest = random.chance(0.3) ? random.pick(texts) : '';
  return packet('engine', random.chance(0.001) ? `3${'x'.repeat(50_000)}` : type + rest);
}

/** A packet that may end the connection: unknown types, nothing, binary, a ping from the wrong end. */
export function engineEnding({ texts }: World, random: Random): Packet {
  const data = random.pick<() => string | Buffer>([
    () =>
      random.pick([
        '',
        '2',
        '2probe',
        '1',
        '1x',
        '7',
        '8',
        '9',
        '-1',
        'a',
        '\u0000',
        '😀',
        'b',
        'bAAAA',
        'b!!!!',
        '\x1e',
        '04',
        ' 4',
      ]),
    () => random.pick(['2', '7', '9', 'z', 'b']) + random.pick(texts),
    () => random.bytes(random.int(64)),
    () => Buffer.from(`42["message",{}]`),
    () => Buffer.alloc(random.chance(0.02) ? 300_000 : 500),
    () => random.pick(texts),
  ]);
  return packet('engine', data());
}
