/** Packets of megabytes: more than the server takes, more than it answers, and some that hide their size or their binary. */
import { type Packet, packet } from './packet.ts';
import type { Random } from './random.ts';
import type { World } from './values.ts';

/** Around the limit of what is taken, and of what is answered. */
const sizes = [999_000, 1_000_001, 3_900_000, 4_100_000];

/** Rare, because each costs megabytes; a binary one is several packets. */
export function giantPackets({ rooms }: World, random: Random): Packet[] {
  const size = random.pick(sizes);
  const padding = 'x'.repeat(size);
  const room = `"roomId":"${random.pick(rooms)}"`;
  const event = (data: string) => packet('event', `42${data}`);
  const binary = (data: string) => [packet('event', `451-${data}`), packet('event', random.bytes(1_000))];
  const placeholder = '{"_placeholder":true,"num":0}';
  return random.pick([
    () => [event(`["message",{${room},"text":"x","metadata":{"x":"${padding}"}}]`)],
    () => [event(`7["message",{${room},"text":"${padding}"}]`)],
    () => [event(`["${padding}"]`)],
    () => [event(`["message",${'['.repeat(size / 2)}${']'.repeat(size / 2)}]`)],
    () => [event(`["message",{${room},"text":"x","attachments":[${'{"url":"x"},'.repeat(size / 12)}{}]}]`)],
    // Where the head of the packet is not written as clients write it.
    () => [event(`/,["message",{${room},"text":"x","metadata":{"x":"${padding}"}}]`)],
    () => [event(`[ "message",{${room},"text":"x","metadata":{"x":"${padding}"}}]`)],
    () => [event(`[2,{${room},"message":"x","metadata":{"x":"${padding}"}}]`)],
    () => binary(`["message",{${room},"text":"x","metadata":{"x":${placeholder}}}]`),
    () => binary(`/,["message",{${room},"text":"x","metadata":{"x":${placeholder}}}]`),
    () => binary(`[2,{${room},"message":"x","attachments":[{"url":"x","data":${placeholder}}]}]`),
    () => [packet('event', `4${padding}`)],
  ])();
}
