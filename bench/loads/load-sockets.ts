/** A load of raw sockets, a process of its own: thousands that listen in a room, and one that speaks there. */
import { serveCommands } from '../processes.ts';
import { heard, RawSocket } from './raw-socket.ts';

const text = 'Men are all alike. They are always bugging us about something or other.';
const connectAtOnce = 100;
/** Who hears nothing new for so long has lost something. */
const silenceMs = 15_000;

const roomId = crypto.randomUUID();
/** All of them are one person with many windows: who comes and goes is no part of this. */
const entityId = crypto.randomUUID();
const sockets: RawSocket[] = [];
const acks = new Map<string, () => void>();
let onProgress = (): void => {};
let onAck = (): void => {};
let sent = 0;

export type SocketCommands = typeof commands;

const commands = { connect, closeAll, say };
serveCommands(commands);

/** Opens sockets until there are so many, in the room where that is wanted; one more than wanted speaks. */
async function connect({ url, count, isInRoom }: { url: string; count: number; isInRoom: boolean }): Promise<void> {
  if (isInRoom && sockets.length === 0) await open(url, true);
  const wanted = count + (isInRoom ? 1 : 0);
  while (sockets.length < wanted) {
    const more = Math.min(connectAtOnce, wanted - sockets.length);
    await Promise.all(Array.from({ length: more }, () => open(url, isInRoom)));
  }
}

async function closeAll(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.close();
}

async function open(url: string, isInRoom: boolean): Promise<void> {
  const socket = await RawSocket.open(url, { auth: { entityId }, onAck: takeAck, onProgress: () => onProgress() });
  sockets.push(socket);
  if (!isInRoom) return;
  await new Promise<void>((resolve) => {
    const id = 1_000_000_000 + sockets.length;
    acks.set(String(id), resolve);
    socket.send(`42${id}["join",{"roomId":"${roomId}"}]`);
  });
}

function takeAck(ack: string): void {
  const id = ack.slice(2, ack.indexOf('['));
  if (!ack.includes('"ok":true')) throw new Error(`refused: ${ack}`);
  const resolve = acks.get(id);
  acks.delete(id);
  resolve ? resolve() : onAck();
}

/** What came of a run: deliveries in so many ms, and the CPU of this process in cores. */
export type Spoken = { messages: number; deliveries: number; ms: number; bytes: number; cpu: number };

/**
 * Says something again and again for so long, then waits until all have heard all of it. At most `window` messages are
 * under way: sent, and not acknowledged yet or not heard by all.
 */
function say({ seconds, window }: { seconds: number; window: number }): Promise<Spoken> {
  const { promise, resolve, reject } = Promise.withResolvers<Spoken>();
  const [speaker, ...listeners] = sockets as [RawSocket, ...RawSocket[]];
  const before = { ...heard };
  const sentBefore = sent;
  let acked = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const watch = setInterval(checkAlive, silenceMs);
  let seen = heard.broadcasts;

  function checkAlive(): void {
    if (heard.broadcasts === seen || heard.closed > before.closed)
      finish(new Error(`heard ${heard.broadcasts - before.broadcasts} of ${sent - sentBefore} messages to each`));
    seen = heard.broadcasts;
  }

  function proceed(): void {
    const messages = sent - sentBefore;
    // The speaker hears itself.
    const deliveries = heard.broadcasts - before.broadcasts - acked;
    const isOver = performance.now() - began > seconds * 1000;
    if (isOver) {
      if (acked === messages && deliveries >= messages * listeners.length) finish();
      return;
    }
    // What was heard by all is what was heard on the average: one who is behind holds up nobody here.
    const done = Math.min(acked, Math.floor(deliveries / listeners.length));
    for (let free = window - (messages - done); free > 0; free--) {
      sent++;
      speaker.send(`42${sent}["message",{"roomId":"${roomId}","text":"${text}","messageId":"m-${roomId}-${sent}"}]`);
    }
  }

  function finish(error?: Error): void {
    clearInterval(watch);
    onAck = onProgress = () => {};
    if (error) {
      reject(error);
      return;
    }
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    const messages = sent - sentBefore;
    const bytes = heard.bytes - before.bytes;
    resolve({ messages, deliveries: messages * listeners.length, ms, bytes, cpu: (user + system) / 1000 / ms });
  }

  onAck = () => {
    acked++;
  };
  onProgress = proceed;
  proceed();
  return promise;
}
