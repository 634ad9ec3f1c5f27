/** Readers of a room over HTTP that stop reading: many, of one room or each of their own, live or from a place in the past. */
import { connect, type Socket } from 'node:net';
import { startElizad } from '../../../bench/processes.ts';
import { LeanSocket } from '../lean-socket.ts';
import { describeSeen, type Seen, watchOthers } from '../watch.ts';

export type StuckOptions = {
  readers: number;
  /** Rooms among which they are. */
  rooms: number;
  messages: number;
  bytes: number;
  heapMb: number;
  /** They ask for what was said before. */
  isReplay: boolean;
};

export type StuckOutcome = { isAlive: boolean; said: number; seen: Seen };

/** Opens a stream and reads nothing of it but what the network takes by itself. */
export function openStuck(url: string, roomId: string, since: string | undefined): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const query = since === undefined ? '' : `?since=${since}`;
  return new Promise((resolve) => {
    const tcp = connect(Number(port), hostname);
    tcp.on('error', () => {}).once('readable', () => resolve(tcp));
    tcp.write(`GET /api/messaging/channels/${roomId}/events${query} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  });
}

export async function holdStreams(options: StuckOptions): Promise<StuckOutcome> {
  const { readers, messages, bytes, heapMb, isReplay } = options;
  const env = { NODE_OPTIONS: `--max-old-space-size=${heapMb}`, REST_REQUESTS_PER_MINUTE: '100000' };
  await using server = await startElizad({ env });
  const { url } = server;
  const speaker = new LeanSocket(crypto.randomUUID());
  await speaker.open(url);
  const rooms = Array.from({ length: options.rooms }, () => crypto.randomUUID());
  const text = 'x'.repeat(bytes);
  for (const roomId of rooms) await speaker.ask('message', { roomId, text: 'first' });
  let said = 0;
  const speak = async () => {
    for (let n = 0; n < messages; n++)
      for (const roomId of rooms) {
        const ack = await Promise.race([speaker.ask('message', { roomId, text }), speaker.ended]);
        if (!ack) return;
        said++;
      }
  };
  if (isReplay) await speak();
  const others = await watchOthers(server);
  const stuck = await Promise.all(
    Array.from({ length: readers }, (_, n) =>
      openStuck(url, rooms[n % rooms.length] as string, isReplay ? '1' : undefined),
    ),
  );
  if (isReplay) await new Promise((resolve) => setTimeout(resolve, 10_000));
  else await speak();
  const seen = await others.stop();
  const isAlive = await fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  for (const tcp of stuck) tcp.destroy();
  speaker.cut();
  return { isAlive, said, seen };
}

export const describeStuck = ({ isAlive, said, seen }: StuckOutcome): string =>
  `${isAlive ? 'alive' : 'dead'} after ${said} messages; ${describeSeen(seen)}`;
