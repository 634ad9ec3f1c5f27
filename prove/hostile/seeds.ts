/** Inputs that once broke something here, each with what it broke. They are sent first in every run. */
import { type Packet, packet } from './packets/packet.ts';
import type { World } from './packets/values.ts';

export type Seed = { readonly broke: string; packets(world: World): Packet[] };

const large = 'x'.repeat(1_100_000);
const event = (data: string) => packet('event', data);
const placeholder = '{"_placeholder":true,"num":0}';

export const seeds: readonly Seed[] = [
  {
    broke: 'a large packet was built whole when its head was not spelled as clients spell it',
    packets: ({ rooms }) =>
      ['42/,["message",', '42[ "message",', '42[2,'].map((head) =>
        event(`${head}{"roomId":"${rooms[0]}","text":"x","metadata":{"x":"${large}"}}]`),
      ),
  },
  {
    broke: 'a binary packet was built whole when its head was not spelled as clients spell it',
    packets: ({ rooms }) =>
      ['451-/,["message",', '451-[ "message",', '451-[2,'].flatMap((head) => [
        event(`${head}{"roomId":"${rooms[0]}","text":"x","metadata":{"x":${placeholder}}}]`),
        event('a part that is no attachment'),
        packet('event', Buffer.alloc(100_000)),
      ]),
  },
  {
    broke: 'refusals of other namespaces were kept for a reader that does not read',
    packets: () => Array.from({ length: 2_000 }, (_, index) => packet('socket', `40/${'n'.repeat(100)}${index},`)),
  },
  {
    broke:
      'a socket that left stayed on the list of those who hear the log: what it sent last is handled after it left',
    packets: ({ rooms, agentId }) => [
      ...rooms.slice(0, 12).map((roomId) => event(`42["join",{"roomId":"${roomId}","agentId":"${agentId}"}]`)),
      event('42["subscribe_logs"]'),
      packet('engine', '1'),
    ],
  },
];
