/**
 * A load of one stock `socket.io-client` that asks an agent of an Eliza OS project, a process of its own. It speaks as clients of
 * the reference server do, which elizad understands too.
 */
import { io, type Socket } from 'socket.io-client';
import { percentile } from '../measure.ts';
import { serveCommands } from '../processes.ts';

/** The one server that each has from the start; channels are made in it. */
const messageServerId = '00000000-0000-0000-0000-000000000000';
const answerMs = 30_000;
const userId = crypto.randomUUID();

let socket: Socket | undefined;
let agentId = '';
let channelIds: string[] = [];
let asked = 0;

/** How many turns took how long, in ms. */
export type Asked = { count: number; ms: number; p50: number; p99: number };

export type ElizaCommands = typeof commands;

type Channel = { data: { id: string } };

/** Makes rooms with the agent, and joins them. */
async function connect(order: { url: string; agentId: string; rooms: number }): Promise<void> {
  socket?.close();
  agentId = order.agentId;
  socket = io(order.url, { transports: ['websocket'], auth: { entityId: userId } });
  const opened = socket;
  await new Promise<void>((resolve, reject) => opened.once('connect', resolve).once('connect_error', reject));
  channelIds = [];
  for (let index = 0; index < order.rooms; index++) channelIds.push(await makeChannel(order.url, index));
  for (const channelId of channelIds) {
    const joined = hear('room_joined', ({ channelId: id }) => id === channelId);
    opened.emit('message', { type: 1, payload: { channelId, entityId: userId, messageServerId } });
    await joined;
  }
}

async function makeChannel(url: string, index: number): Promise<string> {
  const response = await fetch(`${url}/api/messaging/channels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `room ${index}`,
      type: 'GROUP',
      message_server_id: messageServerId,
      participantCentralUserIds: [userId, agentId],
    }),
  });
  if (!response.ok) throw new Error(`no channel: ${response.status} ${await response.text()}`);
  return ((await response.json()) as Channel).data.id;
}

/** In each room one question after the other, until there were so many in all: at most `atOnce` rooms at the same time. */
async function ask({ turns, atOnce }: { turns: number; atOnce: number }): Promise<Asked> {
  const times: number[] = [];
  let begun = 0;
  const began = performance.now();
  const walk = async (first: number) => {
    for (let room = first; begun < turns; room += atOnce) {
      begun += 1;
      times.push(await askOnce(channelIds[room % channelIds.length] ?? ''));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, first) => walk(first)));
  const ms = performance.now() - began;
  times.sort((a, b) => a - b);
  return { count: times.length, ms, p50: percentile(times, 50), p99: percentile(times, 99) };
}

async function askOnce(channelId: string): Promise<number> {
  asked += 1;
  const began = performance.now();
  const answered = hear(
    'messageBroadcast',
    (message) => message.roomId === channelId && message.senderId === agentId && message.source === 'agent_response',
  );
  const payload = {
    channelId,
    messageServerId,
    senderId: userId,
    senderName: 'Ann',
    message: `Men are all alike, I say for the ${asked}th time.`,
    messageId: crypto.randomUUID(),
    source: 'client_chat',
  };
  socket?.emit('message', { type: 2, payload });
  await answered;
  return performance.now() - began;
}

type Heard = { readonly [field: string]: unknown };

function hear(event: string, fits: (payload: Heard) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      socket?.off(event, listen);
    };
    const listen = (payload: Heard) => {
      if (!fits(payload)) return;
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`no ${event} for ${answerMs} ms, after ${asked} questions`));
    }, answerMs);
    socket?.on(event, listen);
  });
}

const commands = { connect, ask };
serveCommands(commands);
