/** What others notice meanwhile, and how large the server is: somebody in a room of their own says something all the time. */
import { readRssMb } from '../../bench/processes.ts';
import { LeanSocket } from './lean-socket.ts';

/** How long others wait for an acknowledgement, in ms, and the most memory that was seen, in MB. */
export type Seen = { p50: number; p99: number; most: number; rssMb: number };

/** One message each so many ms. */
const everyMs = 20;

/** Begins to watch; `stop` returns what was seen since. Throws where the server has gone. */
export async function watchOthers({ url, pid }: { url: string; pid: number }): Promise<{ stop(): Promise<Seen> }> {
  const socket = new LeanSocket(crypto.randomUUID());
  await socket.open(url);
  const roomId = crypto.randomUUID();
  const waits: number[] = [];
  let rssMb = 0;
  let isOver = false;
  const run = async () => {
    while (!isOver && socket.isOpen) {
      const began = performance.now();
      const ack = await Promise.race([socket.ask('message', { roomId, text: 'and others?' }), socket.ended]);
      if (!ack) break;
      waits.push(performance.now() - began);
      rssMb = Math.max(rssMb, readRssMb(pid));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const running = run();
  return {
    async stop() {
      isOver = true;
      await running;
      socket.cut();
      waits.sort((a, b) => a - b);
      const at = (share: number) => waits[Math.floor(share * (waits.length - 1))] ?? Number.NaN;
      return { p50: at(0.5), p99: at(0.99), most: at(1), rssMb };
    },
  };
}

export const describeSeen = ({ p50, p99, most, rssMb }: Seen): string =>
  `others wait p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(0)}, at most ${most.toFixed(0)} ms; RSS at most ${rssMb.toFixed(0)} MB`;
