/** Strangers that each come once, under a name of their own, into a room of their own: what the server keeps of them in memory. */
import { startMeasuredServer } from '../../measured-server.ts';
import { LeanSocket } from '../lean-socket.ts';

/** Visitors that are there at one time. */
const atOnce = 50;

export type Visited = { visitors: number; grownBytes: number; death: string | undefined };

/** `grownBytes`: how much larger the heap is after them for each, once a first tenth has warmed it up. */
export async function visitOnce(visitors: number): Promise<Visited> {
  const server = await startMeasuredServer({ LOG_LEVEL: 'error' });
  const visit = async () => {
    const socket = new LeanSocket(crypto.randomUUID());
    await socket.open(server.url);
    await socket.ask('message', { roomId: crypto.randomUUID(), text: 'Just looking.', name: crypto.randomUUID() });
    socket.cut();
  };
  const visitMany = async (count: number) => {
    for (let n = 0; n < count; n += atOnce) await Promise.all(Array.from({ length: atOnce }, visit));
  };
  await visitMany(visitors / 10);
  const before = await server.ask('memory');
  await visitMany(visitors);
  const after = await server.ask('memory');
  const { death } = server.health;
  await server.stop();
  return { visitors, grownBytes: (after.heapUsed - before.heapUsed) / visitors, death };
}
