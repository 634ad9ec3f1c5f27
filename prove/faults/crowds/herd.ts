/** Many lean clients of one room, a process of its own: they come, are cut off all at once, and come back. */
import { serveCommands } from '../../../bench/processes.ts';
import { LeanSocket } from '../lean-socket.ts';

/** Connections that are opened at one time where nothing is measured. */
const atOnce = 100;
/** Stock clients wait a second before their first try, half as long or one and a half times, then twice as long. */
const [firstDelayMs, mostDelayMs] = [1_000, 5_000];

const sockets: LeanSocket[] = [];
/** How many messages had a text of so many characters. */
const lengths = new Map<number, number>();

function measure(text: string): void {
  const begin = text.indexOf('"text":"') + '"text":"'.length;
  const length = text.indexOf('"', begin) - begin;
  lengths.set(length, (lengths.get(length) ?? 0) + 1);
}

export type HerdCommands = typeof commands;
const commands = { open, cut, comeBack, hear };
serveCommands(commands);

/** They enter the room as so many people; each of these has several connections where there are fewer people. */
async function open({ url, count, people, roomId }: { url: string; count: number; people: string[]; roomId: string }) {
  lengths.clear();
  for (let n = 0; n < count; n += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - n) }, async (_, k) => {
        const socket = new LeanSocket(people[(n + k) % people.length] as string);
        socket.onMessage = measure;
        await socket.open(url);
        const ack = await socket.ask('join', { roomId });
        if (!ack.includes('"ok":true')) throw new Error(`refused: ${ack.slice(0, 300)}`);
        sockets.push(socket);
      }),
    );
}

/** All connections end; with `knows`, a number in their room that all have heard by then. */
async function cut({ lastSeq }: { lastSeq?: number }) {
  for (const socket of sockets) {
    socket.cut();
    if (lastSeq !== undefined) socket.lastSeq = lastSeq;
  }
}

export type Return = { resumed: number; whole: number; outOfOrder: number; tries: number; ms: number };

/** All come back, at once or as stock clients do, and have heard the room up to a number; or not, when it takes too long. */
async function comeBack(order: { url: string; upTo: number; isAtOnce: boolean; mostMs: number }): Promise<Return> {
  const began = performance.now();
  let tries = 0;
  const isOver = () => performance.now() - began > order.mostMs;
  const back = async (socket: LeanSocket) => {
    for (let delay = firstDelayMs; !isOver(); delay = Math.min(2 * delay, mostDelayMs)) {
      if (!order.isAtOnce || delay > firstDelayMs) await pause(delay * (0.5 + Math.random()));
      tries++;
      if (
        !(await socket.open(order.url).then(
          () => true,
          () => false,
        ))
      )
        continue;
      while (socket.isOpen && socket.lastSeq < order.upTo && !isOver()) await pause(50);
      if (socket.isOpen) return;
    }
  };
  await Promise.all(sockets.map(back));
  const ms = performance.now() - began;
  return {
    resumed: sockets.filter(({ isResumed }) => isResumed).length,
    whole: sockets.filter(({ lastSeq }) => lastSeq === order.upTo).length,
    outOfOrder: sockets.reduce((sum, one) => sum + one.outOfOrder, 0),
    tries,
    ms,
  };
}

/** All have heard the room up to a number, or it takes too long; `torn` are messages whose text has not so many characters. */
async function hear({ upTo, characters, mostMs }: { upTo: number; characters: number; mostMs: number }) {
  const end = performance.now() + mostMs;
  const isWhole = ({ lastSeq, outOfOrder }: LeanSocket) => lastSeq === upTo && outOfOrder === 0;
  while (!sockets.every(isWhole) && performance.now() < end) await pause(50);
  return {
    whole: sockets.filter(isWhole).length,
    outOfOrder: sockets.reduce((sum, one) => sum + one.outOfOrder, 0),
    torn: [...lengths].reduce((sum, [length, times]) => sum + (length === characters ? 0 : times), 0),
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
