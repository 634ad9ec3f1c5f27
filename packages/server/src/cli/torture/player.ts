/**
 * One client of a run: stock `socket.io-client`, with what an app does that wants to lose nothing. It sends again what
 * was not acknowledged, and joins with `since` where it was told that it begins anew. What it hears goes to the ledger.
 */
import { io, type Socket } from 'socket.io-client';
import { pause } from './chance.ts';
import type { Ack, Heard, Ledger, Sent } from './ledger.ts';
import { textOf } from './ledger.ts';

// What a server sends is whatever it sends.
// biome-ignore lint/suspicious/noExplicitAny: a stranger's wire has no types
type Payload = any;

export type Tally = { retries: number; resumed: number; fresh: number; heard: number; refusals: Map<string, number> };

/** What the tools of Node show of a stock client's connection, and a browser does not. */
type Engine = { close(): void; transport: { ws?: { _socket?: { destroy(): void; pause(): void; resume(): void } } } };

export type Player = {
  readonly name: string;
  readonly entityId: string;
  readonly socket: Socket;
  /** Enters a room, and is in it when this resolves; tries until then. */
  join(room: string, agentId?: string): Promise<void>;
  leave(room: string): Promise<void>;
  /** Sends once, over this connection. Nothing when there was no acknowledgement in time. */
  send(sent: Sent, text: string, dialect: 'documented' | 'envelope'): Promise<Ack | undefined>;
  /** Ends the connection as a proxy does (`close`), or as a network does (`destroy`). */
  cut(how: 'close' | 'destroy'): void;
  /** Reads nothing for a while. */
  stall(ms: number): Promise<void>;
  close(): void;
};

export type PlayerOptions = {
  url: string;
  name: string;
  transports: string[];
  apiKey: string | undefined;
  ledger: Ledger;
  tally: Tally;
  /** The run is over: nothing is tried again. */
  isOver: () => boolean;
};

const ackMs = 1_500;

/** Codes after which the same thing may be sent again, as the table of errors says. */
const passing = new Set(['storage-failed', 'internal', 'too-many-sends']);

export function openPlayer({ url, name, transports, apiKey, ledger, tally, isOver }: PlayerOptions): Player {
  const entityId = crypto.randomUUID();
  const socket = io(url, {
    forceNew: true,
    transports,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    timeout: 5_000,
    auth: { entityId, name, ...(apiKey !== undefined && { apiKey }) },
  });
  /** Rooms that it wants to be in, and what it heard of a room while it was not known to be in it yet. */
  const wanted = new Set<string>();
  const early = new Map<string, Pick<Heard, 'id' | 'seq'>[]>();
  let hasConnected = false;

  const ask = (event: string, payload: unknown): Promise<Payload> =>
    socket
      .timeout(ackMs)
      .emitWithAck(event, payload)
      .catch(() => undefined);

  socket.on('messageBroadcast', (message: Payload) => {
    tally.heard += 1;
    const waiting = early.get(message.roomId);
    if (waiting) waiting.push(message);
    else ledger.heard(name, message.roomId, message);
  });
  socket.on('messageComplete', ({ messageId }: Payload) => ledger.completed(name, messageId));
  socket.on('connect', () => {
    if (socket.recovered) tally.resumed += 1;
    else if (hasConnected) {
      tally.fresh += 1;
      for (const room of wanted) void enter(room, { since: ledger.lastHeard(name, room) });
    }
    hasConnected = true;
  });

  async function enter(room: string, more: { since?: number; agentId?: string }): Promise<void> {
    early.set(room, []);
    for (let tries = 1; wanted.has(room) && !isOver(); tries++) {
      const ack = socket.connected ? await ask('join', { roomId: room, userId: entityId, ...more }) : undefined;
      if (ack?.ok) {
        const after = more.since ?? ack.seq;
        ledger.entered(name, room, after, ack.seq);
        // What it heard before it was in, by an earlier visit, does not count.
        const heard = (early.get(room) ?? []).filter(({ seq }) => seq > after);
        // An earlier try may have put it in the room without its knowing: then a replay and live messages overlap.
        for (const message of tries === 1 ? heard : sortOnce(heard)) ledger.heard(name, room, message);
        break;
      }
      // A join that was cut off in the middle of a replay is begun again.
      early.set(room, []);
      await pause(50);
    }
    early.delete(room);
  }

  return {
    name,
    entityId,
    socket,
    async join(room, agentId) {
      wanted.add(room);
      await enter(room, { agentId });
    },
    async leave(room) {
      wanted.delete(room);
      ledger.left(name, room);
      while (!isOver()) {
        if ((socket.connected ? await ask('leave', { roomId: room }) : undefined)?.ok) return;
        await pause(50);
      }
    },
    async send(sent, text, dialect) {
      const { room, sender, messageId } = sent;
      const body = `${textOf(sent)}\n${text}`;
      const ack = await (dialect === 'documented'
        ? ask('message', { roomId: room, text: body, messageId, userId: sender })
        : ask('message', { type: 2, payload: { channelId: room, message: body, messageId, senderId: sender } }));
      if (ack?.ok === false && !passing.has(ack.details?.code)) {
        const code = String(ack.details?.code);
        tally.refusals.set(code, (tally.refusals.get(code) ?? 0) + 1);
      }
      return ack?.ok ? { id: ack.messageId, seq: ack.seq } : undefined;
    },
    cut(how) {
      const { engine } = socket.io as unknown as { engine?: Engine };
      const tcp = engine?.transport.ws?._socket;
      if (how === 'destroy' && tcp) tcp.destroy();
      else engine?.close();
    },
    async stall(ms) {
      const tcp = (socket.io as unknown as { engine?: Engine }).engine?.transport.ws?._socket;
      tcp?.pause();
      await pause(ms);
      tcp?.resume();
    },
    close: () => void socket.close(),
  };
}

const sortOnce = (messages: Pick<Heard, 'id' | 'seq'>[]) =>
  [...new Map(messages.map((message) => [message.seq, message])).values()].sort((a, b) => a.seq - b.seq);
