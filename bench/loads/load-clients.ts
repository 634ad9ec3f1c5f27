/** A load of stock `socket.io-client`s, a process of its own: each speaks in a room and waits for what it is owed. */
import { io, type Socket } from 'socket.io-client';
import { percentile } from '../measure.ts';
import { serveCommands } from '../processes.ts';

const text = 'Men are all alike. They are always bugging us about something or other.';
const answerMs = 20_000;

/** A client says one thing in each of its rooms in turn. */
type Client = { socket: Socket; roomIds: string[]; said: number };
type Message = { inReplyTo: string | null };
const clients: Client[] = [];

export type ClientCommands = typeof commands;

/** Opens clients, and spreads new rooms over them; with `agentNames` each room has one of these agents, in turn. */
async function connect({
  url,
  count,
  rooms,
  agentNames = [],
}: {
  url: string;
  count: number;
  rooms: number;
  agentNames?: string[];
}) {
  for (const { socket } of clients.splice(0)) socket.close();
  await Promise.all(
    Array.from({ length: count }, (_, index) => open(url, Math.ceil((rooms - index) / count), agentNames)),
  );
}

async function open(url: string, rooms: number, agentNames: string[]): Promise<void> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const agentIds = agentNames.length === 0 ? [] : await findAgents(socket, agentNames);
  const roomIds = Array.from({ length: rooms }, () => crypto.randomUUID());
  for (const [index, roomId] of roomIds.entries()) {
    const agentId = agentIds[index % agentIds.length];
    assertOk(await socket.timeout(answerMs).emitWithAck('join', { roomId, agentId }));
  }
  clients.push({ socket, roomIds, said: 0 });
}

type World = { agents: Record<string, { id: string; name: string }> };

async function findAgents(socket: Socket, names: string[]): Promise<string[]> {
  const heard = new Promise<World>((resolve) => socket.once('world-state', resolve));
  socket.emit('request-world-state', {});
  const agents = Object.values((await heard).agents);
  return names.map((name) => {
    const agent = agents.find((one) => one.name === name);
    if (!agent) throw new Error(`no agent ${name} in ${JSON.stringify(agents)}`);
    return agent.id;
  });
}

function assertOk(answer: { ok?: boolean }): void {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer)}`);
}

function draft(client: Client) {
  const said = client.said++;
  return { roomId: client.roomIds[said % client.roomIds.length], text, messageId: `m-${said}` };
}

/** What came of a run: how many in so many ms, how long each took, and the CPU of this process in cores. */
export type Timed = { count: number; ms: number; p50: number; p99: number; cpu: number };

/** Measures while `work` runs; it is given what records a time in ms. */
async function measure(work: (record: (time: number) => void) => Promise<unknown>): Promise<Timed> {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work((time) => times.push(time));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const [p50, p99] = [percentile(times, 50), percentile(times, 99)];
  return { count: times.length, ms, p50, p99, cpu: (user + system) / 1000 / ms };
}

/** For so long, each client takes one step after the other, or `window` of them at once; a step returns its time. */
function repeat(seconds: number, window: number, step: (client: Client) => Promise<number>): Promise<Timed> {
  const end = performance.now() + seconds * 1000;
  return measure((record) => {
    const walk = async (client: Client) => {
      while (performance.now() < end) record(await step(client));
    };
    return Promise.all(clients.flatMap((client) => Array.from({ length: window }, () => walk(client))));
  });
}

async function say(client: Client): Promise<number> {
  const began = performance.now();
  assertOk(await client.socket.timeout(answerMs).emitWithAck('message', draft(client)));
  return performance.now() - began;
}

/** Each client says something and waits for the acknowledgement, `window` times at once. */
const send = ({ seconds, window }: { seconds: number; window: number }): Promise<Timed> => repeat(seconds, window, say);

/** The clients together say so many things a second, evenly, whether they were answered or not. */
const sendEvenly = ({ seconds, rate }: { seconds: number; rate: number }): Promise<Timed> =>
  measure(async (record) => {
    const answers: Promise<void>[] = [];
    const began = performance.now();
    const total = Math.round(rate * seconds);
    while (answers.length < total) {
      const due = Math.min(total, ((performance.now() - began) / 1000) * rate);
      while (answers.length < due) answers.push(say(clients[answers.length % clients.length] as Client).then(record));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(answers);
  });

/** Each client says something and waits for the agent's answer, which is timed, and then for the end of the turn. */
const converse = ({ seconds }: { seconds: number }): Promise<Timed> =>
  repeat(seconds, 1, async (client) => {
    const began = performance.now();
    const isAnswered = hear(client, 'messageBroadcast', ({ inReplyTo }) => inReplyTo !== null);
    const isComplete = hear(client, 'messageComplete', () => true);
    client.socket.emit('message', draft(client));
    await isAnswered;
    const time = performance.now() - began;
    await isComplete;
    return time;
  });

function hear({ socket }: Client, event: string, fits: (payload: Message) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listen = (payload: Message) => {
      if (!fits(payload)) return;
      socket.off(event, listen);
      resolve();
    };
    socket.on(event, listen);
  });
}

/** Each client asks for the last messages of one of these rooms, any one. */
const askForRooms = ({ seconds, roomIds }: { seconds: number; roomIds: string[] }): Promise<Timed> =>
  repeat(seconds, 1, async ({ socket }) => {
    const roomId = roomIds[Math.floor(Math.random() * roomIds.length)];
    const began = performance.now();
    assertOk(await socket.timeout(answerMs).emitWithAck('request-world-state', { roomId }));
    return performance.now() - began;
  });

const commands = { connect, send, sendEvenly, converse, askForRooms };
serveCommands(commands);
