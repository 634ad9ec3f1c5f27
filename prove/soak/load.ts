/**
 * Two hours of people, a process of its own: residents talk in their rooms all the time; visitors come once, under a name
 * of their own, into a room of their own, often with an agent in it, and go. What was acknowledged is counted.
 */
import { serveCommands } from '../../bench/processes.ts';
import { LeanSocket } from '../faults/lean-socket.ts';

const [rooms, peopleInRoom] = [20, 5];
const text = 'Men are all alike. They are always bugging us about something or other.';
/** A visitor stays for its acknowledgement, and so long, in ms. */
const visitMs = 300;
/** Of the visitors, two of three ask an agent; every other one just cuts its connection. */
const [asksAgent, cutsOff] = [(n: number) => n % 3 !== 0, (n: number) => n % 2 === 0];
/** One of so many is remembered, and looked for at the end. */
const remembered = 200;

export type Order = {
  url: string;
  agentId: string;
  /** Messages a second of all residents together, and visitors a second. */
  residentRate: number;
  visitorRate: number;
};

export type Tally = {
  sent: number;
  acked: number;
  refused: number;
  /** Why, and how often. */
  refusals: [reason: string, times: number][];
  visitors: number;
  asked: number;
  /** How many numbers of their rooms residents heard that were not the next one. */
  outOfOrder: number;
  /** Of each room of residents, what was acknowledged there. */
  rooms: { roomId: string; acked: number; lastHeard: number[] }[];
  /** Some of the visits, with what was acknowledged. */
  visits: { roomId: string; asked: boolean }[];
  cutOff: number;
};

/** Why connections and messages were refused, and how often. */
const refusals = new Map<string, number>();
const tally = { sent: 0, acked: 0, refused: 0, visitors: 0, asked: 0, cutOff: 0 };
const residents: { roomId: string; acked: number; sockets: LeanSocket[] }[] = [];
const visits: Tally['visits'] = [];
const timers: NodeJS.Timeout[] = [];
const underWay = new Set<Promise<void>>();

export type SoakCommands = typeof commands;
const commands = { begin, look, end };
serveCommands(commands);

async function begin({ url, agentId, residentRate, visitorRate }: Order): Promise<void> {
  for (let n = 0; n < rooms; n++) {
    const roomId = crypto.randomUUID();
    const sockets = Array.from({ length: peopleInRoom }, () => new LeanSocket(crypto.randomUUID()));
    for (const socket of sockets) {
      await socket.open(url);
      await socket.ask('join', { roomId });
    }
    residents.push({ roomId, acked: 0, sockets });
  }
  let turn = 0;
  repeat(residentRate, () => {
    const room = residents[turn % rooms] as (typeof residents)[number];
    const socket = room.sockets[Math.floor(turn / rooms) % peopleInRoom] as LeanSocket;
    turn++;
    follow(
      say(socket, { roomId: room.roomId, text }).then((isAcked) => {
        if (isAcked) room.acked++;
      }),
    );
  });
  repeat(visitorRate, () => follow(visit(url, agentId, tally.visitors++)));
}

async function visit(url: string, agentId: string, n: number): Promise<void> {
  const socket = new LeanSocket(crypto.randomUUID());
  try {
    await socket.open(url);
  } catch (error) {
    refuse((error as Error).message);
    return;
  }
  const roomId = crypto.randomUUID();
  const asked = asksAgent(n);
  await socket.ask('join', { roomId, ...(asked && { agentId }) });
  const isAcked = await say(socket, { roomId, text, name: `Visitor ${n} ${crypto.randomUUID()}` });
  if (isAcked && asked) tally.asked++;
  if (isAcked && n % remembered === 0) visits.push({ roomId, asked });
  await new Promise((resolve) => setTimeout(resolve, visitMs));
  if (!cutsOff(n)) await Promise.race([socket.ask('leave', { roomId }), socket.ended]);
  socket.cut();
}

async function say(socket: LeanSocket, message: object): Promise<boolean> {
  tally.sent++;
  const ack = await Promise.race([socket.ask('message', message), socket.ended]);
  if (ack?.includes('"ok":true')) tally.acked++;
  else if (ack === undefined) tally.cutOff++;
  else refuse(ack);
  return ack?.includes('"ok":true') === true;
}

function refuse(reason: string): void {
  tally.refused++;
  refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
}

/** Does something so often a second, by the clock: what a busy moment has delayed is made up for. */
function repeat(perSecond: number, act: () => void): void {
  const began = performance.now();
  let done = 0;
  timers.push(
    setInterval(() => {
      for (const due = ((performance.now() - began) / 1_000) * perSecond; done < due; done++) act();
    }, 20),
  );
}

function follow(work: Promise<void>): void {
  underWay.add(work);
  void work.finally(() => underWay.delete(work));
}

async function look(): Promise<Tally> {
  return {
    ...tally,
    refusals: [...refusals],
    outOfOrder: residents.flatMap(({ sockets }) => sockets).reduce((sum, socket) => sum + socket.outOfOrder, 0),
    rooms: residents.map(({ roomId, acked, sockets }) => ({
      roomId,
      acked,
      lastHeard: sockets.map(({ lastSeq }) => lastSeq),
    })),
    visits,
  };
}

/** Nothing more is begun; what is under way is waited for. */
async function end(): Promise<Tally> {
  for (const timer of timers) clearInterval(timer);
  await Promise.all(underWay);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return look();
}
