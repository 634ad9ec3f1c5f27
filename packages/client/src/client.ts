/**
 * The client: each event of the protocol as a call that resolves with its acknowledgement. It sends again what was not
 * acknowledged (the server stores it once), and is back in its rooms, with what it missed, after a lost connection.
 */
import type {
  Ack,
  AckFailure,
  ClientToServerEvents,
  ServerToClientEvents,
  WireInEvent,
  WireInPayload,
  WireOutEvent,
  WireOutPayload,
} from 'elizad-protocol';
import { io, type Socket } from 'socket.io-client';
import { createHttp, type Http } from './http.ts';
import { newId } from './new-id.ts';
import { RequestFailed } from './request-failed.ts';
import { readServerAddress } from './server-address.ts';

export type ConnectOptions = {
  /** Your id, a UUID; without it the server assigns one. */
  entityId?: string;
  /** Your name as others see it. */
  name?: string;
  /** The server's key, where it has one. */
  apiKey?: string;
  /** How long a call may take in all, in ms. Default 30000. */
  timeoutMs?: number;
  /** `websocket`, `polling` or both, as socket.io-client takes them. */
  transports?: string[];
};

type Success<E extends WireInEvent> = Exclude<Ack<E>, AckFailure>;
export type Welcome = WireOutPayload<'connection_established'>;
export type Joined = Success<'join'>;
export type Sent = Success<'message'>;
type WorldState = WireOutPayload<'world-state'>;

export type Client = {
  /** The socket below, for whatever is not here. */
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  /** Resolves at the first connection; rejects when the server refuses it. */
  readonly ready: Promise<Welcome>;
  /** The HTTP API: agents, history, files, logs. Asked as the same person, with the same key. */
  readonly http: Http;
  join(room: WireInPayload<'join'>): Promise<Joined>;
  leave(roomId: string): Promise<void>;
  /** Resolves when the message is on disk. Its `messageId` is made for you, so that sending again stores nothing twice. */
  send(message: WireInPayload<'message'>): Promise<Sent>;
  typing(roomId: string, isTyping: boolean): Promise<void>;
  /** Stops the answers under way; resolves with how many. */
  cancel(roomId: string, messageId?: string): Promise<number>;
  /** Answers an agent that asks before it acts: a message with `source: 'agent_question'`, whose `id` is the `approvalId`. */
  approve(roomId: string, approvalId: string, approved: boolean): Promise<void>;
  /** Keeps the agents of a room quiet for so many seconds (default an hour; 0 ends it); resolves with until when, in ms. */
  freeze(roomId: string, seconds?: number): Promise<number | null>;
  worldState(query?: WireInPayload<'request-world-state'>): Promise<WorldState>;
  /** Calls `listener` for every such event; returns how to stop. */
  on<E extends WireOutEvent>(event: E, listener: (payload: WireOutPayload<E>) => void): () => void;
  close(): void;
};

/** Longest wait for one acknowledgement before the request is sent again, in ms. */
const retryAfterMs = 5_000;

/** Connects to an elizad server, also one under a path: `https://host/eliza`. Calls may be made at once: they wait for the connection. */
export function connect(url: string, options: ConnectOptions = {}): Client {
  const { entityId, name, apiKey, timeoutMs = 30_000, transports } = options;
  const { base, socketUrl, socketPath } = readServerAddress(url);
  const auth: Record<string, string> = {
    ...(entityId && { entityId }),
    ...(name && { name }),
    ...(apiKey && { apiKey }),
  };
  const socket: Client['socket'] = io(socketUrl, {
    path: socketPath,
    auth,
    ...(transports && { transports }),
  });
  const rooms = new Map<string, { join: WireInPayload<'join'>; seq: number }>();

  const ready = new Promise<Welcome>((resolve, reject) => {
    socket.once('connection_established', resolve);
    socket.once('connect_error', (error) => {
      // Refused by the server; anything else (it is not up yet) socket.io-client tries again by itself.
      if (!socket.active) reject(error);
    });
  });
  // Whoever does not wait for it shall not be ended by it.
  ready.catch(() => {});

  // Reconnected as the same person, and back in the rooms with what was missed.
  socket.on('authenticated', ({ entityId: assigned }) => {
    auth.entityId = assigned;
  });
  socket.on('connect', () => {
    if (socket.recovered) return;
    for (const { join, seq } of rooms.values()) socket.emit('join', { ...join, since: seq });
  });
  socket.on('messageBroadcast', ({ roomId, seq }) => {
    const room = rooms.get(roomId);
    if (room && seq > room.seq) room.seq = seq;
  });

  // To enter it again would make it anew.
  socket.on('channelDeleted', ({ roomId }) => {
    rooms.delete(roomId);
  });

  // Whoever was taken out of a room goes in again by themselves, not by a connection that comes back.
  socket.on('userLeft', ({ roomId, userId }) => {
    if (userId === auth.entityId) rooms.delete(roomId);
  });

  let isClosed = false;

  async function request<E extends WireInEvent>(event: E, payload?: WireInPayload<E>): Promise<Success<E>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const wait = Math.min(retryAfterMs, deadline - Date.now());
      try {
        const args = payload === undefined ? [] : [payload];
        const answer = (await (socket.timeout(wait) as Socket).emitWithAck(event, ...args)) as Ack<E>;
        if (!answer.ok) throw new RequestFailed(answer);
        return answer as Success<E>;
      } catch (error) {
        if (error instanceof RequestFailed) throw error;
        if (isClosed) throw new Error(`The connection was closed before "${event}" was answered.`, { cause: error });
        if (Date.now() >= deadline)
          throw new Error(`No answer to "${event}" within ${timeoutMs} ms.`, { cause: error });
      }
    }
  }

  return {
    socket,
    ready,
    http: createHttp(base, apiKey, () => auth.entityId),
    async join(room) {
      const joined = await request('join', room);
      rooms.set(joined.roomId, { join: room, seq: joined.seq });
      return joined;
    },
    async leave(roomId) {
      rooms.delete(roomId);
      await request('leave', { roomId });
    },
    send: (message) => request('message', { messageId: newId(), ...message }),
    async typing(roomId, isTyping) {
      await request('typing', { roomId, isTyping });
    },
    cancel: async (roomId, messageId) =>
      (await request('cancel', { roomId, ...(messageId && { messageId }) })).cancelled,
    async approve(roomId, approvalId, approved) {
      await request('approve', { roomId, approvalId, approved });
    },
    freeze: async (roomId, seconds) =>
      (await request('freeze', { roomId, ...(seconds !== undefined && { seconds }) })).frozenUntil,
    async worldState(query = {}) {
      // Node 20 has no Promise.withResolvers.
      let take: (state: WorldState) => void = () => {};
      const arrival = new Promise<WorldState>((resolve) => {
        take = (state) => state.roomId === query.roomId?.toLowerCase() && resolve(state);
      });
      socket.on('world-state', take);
      try {
        await request('request-world-state', query);
        return await arrival;
      } finally {
        socket.off('world-state', take);
      }
    },
    on(event, listener) {
      socket.on(event, listener as never);
      return () => socket.off(event, listener as never);
    },
    close: () => {
      isClosed = true;
      socket.close();
    },
  };
}
