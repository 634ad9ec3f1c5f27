/**
 * One client of a run: stock `socket.io-client`, with what an app does that wants to lose nothing. It sends again what
 * was not acknowledged, and joins with `since` where it was told that it begins anew. What it hears goes to the ledger.
 */
import { readServerAddress } from 'elizad-client';
import { offsetEvent } from 'elizad-protocol';
import { io, type Socket } from 'socket.io-client';
import { pause } from './chance.ts';
import type { Ack, Heard, Ledger, Sent } from './ledger.ts';
import { textOf } from './ledger.ts';

// What a server sends is whatever it sends.
// biome-ignore lint/suspicious/noExplicitAny: a stranger's wire has no types
type Payload = any;

export type Tally = { retries: number; resumed: number; fresh: number; heard: number; refusals: Map<string, number> };

/** What the tools of Node show of a stock client's connection, and a browser does not. */
type Engine = {
  transport: { close(): void; ws?: { _socket?: { destroy(): void; pause(): void; resume(): void } } };
};

export type Dialect = 'documented' | 'envelope';

export type Player = {
  readonly name: string;
  readonly entityId: string;
  readonly socket: Socket;
  /** Enters a room, and is in it when this resolves with true; tries until then, or until it is refused for good. */
  join(room: string, agentId?: string): Promise<boolean>;
  leave(room: string): Promise<void>;
  /** Sends once. Nothing when there was no acknowledgement in time, or only one that says to send again. */
  send(sent: Sent, text: string, dialect: Dialect): Promise<Ack | 'refused' | undefined>;
  /** The same from a second connection of the same person, which ends after it. */
  sendElsewhere(sent: Sent, text: string, dialect: Dialect): Promise<Ack | 'refused' | undefined>;
  /** Ends the connection as a proxy does (`close`), or as a network does (`destroy`). False when there is none. */
  cut(how: 'close' | 'destroy'): boolean;
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

/** How long an answer is waited for; twice as long with each try, since on a slow machine each try makes the server slower. */
const ackMs = 1_500;
const longestAckMs = 24_000;
/** A server may say anything of how long to wait. */
const mostWaitMs = 5_000;

/** Codes after which the same thing may be sent again, as the table of errors says. */
const passing = new Set(['storage-failed', 'internal', 'too-many-sends', 'reader-too-slow']);

export function openPlayer({ url, name, transports, apiKey, ledger, tally, isOver }: PlayerOptions): Player {
  const entityId = crypto.randomUUID();
  const { socketUrl, socketPath } = readServerAddress(url);
  const connect = () =>
    io(socketUrl, {
      path: socketPath,
      forceNew: true,
      transports,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      timeout: 5_000,
      auth: { entityId, name, ...(apiKey !== undefined && { apiKey }) },
    });
  const socket = connect();
  const wanted = new Set<string>();
  /** Rooms that it is on its way into, with what it heard of them meanwhile. */
  const entering = new Map<string, Pick<Heard, 'id' | 'seq'>[]>();
  let hasConnected = false;

  socket.on('messageBroadcast', (message: Payload) => {
    tally.heard += 1;
    ledger.told(name, message.id);
    const early = entering.get(message.roomId);
    if (early) early.push(message);
    else ledger.heard(name, message.roomId, message);
  });
  socket.on('messageComplete', ({ messageId }: Payload) => ledger.completed(name, messageId));
  socket.on(offsetEvent.name, () => ledger.placed(name));
  socket.on('disconnect', () => ledger.cutOff(name));
  socket.on('connect', () => {
    if (socket.recovered) tally.resumed += 1;
    else if (hasConnected) {
      tally.fresh += 1;
      void beginAnew();
    }
    hasConnected = true;
  });

  /** One question; nothing when there is no answer in time, or one that says to ask again. */
  async function ask(over: Socket, event: string, payload: unknown, asked = 0): Promise<Payload> {
    const ack = await over
      .timeout(Math.min(ackMs * 2 ** asked, longestAckMs))
      .emitWithAck(event, payload)
      .catch(() => undefined);
    if (ack === undefined || ack.ok) return ack;
    const { code, retryAfterMs = 100 } = ack.details ?? {};
    if (passing.has(code)) {
      await pause(Math.min(Number(retryAfterMs) || 0, mostWaitMs));
      return undefined;
    }
    const what = `${event}: ${code}`;
    tally.refusals.set(what, (tally.refusals.get(what) ?? 0) + 1);
    return ack;
  }

  async function beginAnew(): Promise<void> {
    // A room that it is just entering is tried again there.
    const rooms = [...wanted].filter((room) => ledger.isIn(name, room) && !entering.has(room));
    const upTo = new Map<string, number>();
    const since = new Map(rooms.map((room) => [room, ledger.lastHeard(name, room) ?? 0]));
    await Promise.all(
      rooms.map(async (room) => {
        const seq = await enter(room, { since: since.get(room) });
        if (seq !== undefined) upTo.set(room, seq);
      }),
    );
    if (upTo.size > 0) ledger.begunAnew(name, since, upTo);
  }

  /** Resolves with the last seq of the room at the time when it was entered. */
  async function enter(room: string, more: { since?: number; agentId?: string }): Promise<number | undefined> {
    let asked = 0;
    for (let tries = 1; wanted.has(room) && !isOver(); tries++) {
      // A join that was cut off in the middle of a replay is begun again.
      entering.set(room, []);
      const payload = { roomId: room, userId: entityId, ...more };
      const ack = socket.connected ? await ask(socket, 'join', payload, asked++) : undefined;
      if (ack?.ok) {
        const after = more.since ?? ack.seq;
        ledger.entered(name, room, after);
        // What it heard before it was in, by an earlier visit, does not count.
        const heard = (entering.get(room) ?? []).filter(({ seq }) => seq > after);
        entering.delete(room);
        // An earlier try may have put it in the room without its knowing: then a replay and live messages overlap.
        for (const message of tries === 1 ? heard : sortOnce(heard)) ledger.heard(name, room, message);
        return ack.seq;
      }
      if (ack) break;
      await pause(50);
    }
    entering.delete(room);
    return undefined;
  }

  async function send(over: Socket, sent: Sent, text: string, dialect: Dialect): Promise<Ack | 'refused' | undefined> {
    const { room, sender, messageId } = sent;
    const body = `${textOf(sent)}\n${text}`;
    const ack = await (dialect === 'documented'
      ? ask(over, 'message', { roomId: room, text: body, messageId, userId: sender })
      : ask(over, 'message', { type: 2, payload: { channelId: room, message: body, messageId, senderId: sender } }));
    if (!ack) return undefined;
    return ack.ok ? { id: ack.messageId, seq: ack.seq } : 'refused';
  }

  const engineOf = () => (socket.io as unknown as { engine?: Engine }).engine;

  return {
    name,
    entityId,
    socket,
    async join(room, agentId) {
      wanted.add(room);
      return (await enter(room, { agentId })) !== undefined;
    },
    async leave(room) {
      wanted.delete(room);
      ledger.left(name, room);
      for (let asked = 0; !isOver(); ) {
        if (socket.connected && (await ask(socket, 'leave', { roomId: room }, asked++))) return;
        await pause(50);
      }
    },
    send: (sent, text, dialect) => send(socket, sent, text, dialect),
    async sendElsewhere(sent, text, dialect) {
      const other = connect();
      try {
        return await send(other, sent, text, dialect);
      } finally {
        other.close();
      }
    },
    cut(how) {
      // One that is only being opened would wait for its timeout.
      if (!socket.connected) return false;
      const engine = engineOf();
      const tcp = engine?.transport.ws?._socket;
      if (how === 'destroy' && tcp) {
        tcp.destroy();
        return true;
      }
      // Not `engine.close()`: that first ends an upgrade, as no network does, and the client then keeps what came in that
      // moment without its place. It would be heard again.
      engine?.transport.close();
      return !socket.connected;
    },
    async stall(ms) {
      const tcp = engineOf()?.transport.ws?._socket;
      tcp?.pause();
      await pause(ms);
      tcp?.resume();
    },
    close: () => void socket.close(),
  };
}

const sortOnce = (messages: Pick<Heard, 'id' | 'seq'>[]) =>
  [...new Map(messages.map((message) => [message.seq, message])).values()].sort((a, b) => a.seq - b.seq);
