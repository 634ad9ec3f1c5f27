/**
 * The wire doctor: what each connected client sends and gets, and what it does wrong. Facts are counted always; single
 * events are summed up only while somebody watches.
 */
import type { ElizadError, Frame, RefusedConnection, SocketView } from 'elizad-protocol';
import type { Audience } from '../../messaging/events/broadcast.ts';
import type { Received } from '../received.ts';
import type { GatewayServer, GatewaySocket } from '../socket-data.ts';
import { Unreadable } from '../transport/bounded-decoder.ts';
import { createConnects } from './connects.ts';
import { createFacts, type Facts } from './facts.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { readMeaning, takeFailure, takeSuccess } from './take-facts.ts';
import { type FindRoom, viewSocket } from './view-socket.ts';
import { openWireWatch, type Summary } from './wire-watch.ts';

/** Sockets that one list shows, and that one frame to a room is recorded for. */
const mostListed = 200;
const mostRecorded = 1_000;

export type SocketList = { sockets: SocketView[]; total: number; refused: RefusedConnection[] };

const [quotes, brackets, comma, colon] = [2, 2, 1, 1];

export type WireDoctor = {
  isWatched(): boolean;
  watch(socket: GatewaySocket, only: string | undefined): void;
  unwatch(socketId: string): void;
  meet(socket: GatewaySocket): void;
  forget(socketId: string): void;
  refuse: Refusals['add'];
  succeeded(socket: GatewaySocket, received: Received, result: Record<string, unknown>): void;
  failed(socket: GatewaySocket, received: Received, error: ElizadError): void;
  /** To be called only while it is watched. */
  sent(frames: readonly Frame[], audience: Audience): void;
  list(): Promise<SocketList>;
};

export function openWireDoctor(
  io: GatewayServer,
  { roomOf, findRoom }: { roomOf(channelId: string): string; findRoom: FindRoom },
): WireDoctor {
  const known = new Map<string, Facts>();
  const connects = createConnects();
  const refusals = createRefusals();
  const watch = openWireWatch(io);

  function record({ id }: GatewaySocket, received: Received, answer: Pick<Summary, 'ack' | 'code'>): void {
    const { isEnvelope, ...meaning } = readMeaning(received);
    const took = performance.now() - received.at;
    watch.record(id, {
      time: Math.floor(Date.now() - took),
      direction: 'in',
      dialect: isEnvelope ? 'envelope' : 'documented',
      ...meaning,
      bytes: countBytes('payload' in received.opened ? received.opened.payload : undefined),
      ...answer,
      ms: Math.round(took * 10) / 10,
    });
  }

  /** Those for whom a frame is recorded: who is watched alone, wherever it is in the room, and some of the others. */
  function listHearers(audience: Audience): Set<string> {
    if ('socketId' in audience) return new Set(known.has(audience.socketId) ? [audience.socketId] : []);
    const hearers = new Set<string>();
    const room = io.of('/').adapter.rooms.get(roomOf(audience.channelId));
    if (!room) return hearers;
    const hears = (socketId: string) => socketId !== audience.exceptSocketId && known.has(socketId);
    for (const socketId of watch.listWatchedAlone()) if (room.has(socketId) && hears(socketId)) hearers.add(socketId);
    let count = 0;
    for (const socketId of room) {
      if (count++ >= mostRecorded) break;
      if (hears(socketId)) hearers.add(socketId);
    }
    return hearers;
  }

  return {
    isWatched: watch.isWatched,
    watch: watch.watch,
    unwatch: watch.unwatch,
    meet({ id, data }) {
      const now = Date.now();
      known.set(id, createFacts(now, Object.keys(data.joined)));
      // An id that we made up is another one each time.
      if (!data.isProvisional) connects.add(data.principal.entityId, now);
    },
    forget(socketId) {
      known.delete(socketId);
      watch.forget(socketId);
    },
    refuse: refusals.add,
    succeeded(socket, received, result) {
      const facts = known.get(socket.id);
      if (!facts) return;
      takeSuccess(facts, received, result);
      if (watch.isWatched()) record(socket, received, { ack: received.ack ? 'ok' : 'none' });
    },
    failed(socket, received, error) {
      const facts = known.get(socket.id);
      if (!facts) return;
      takeFailure(facts, received, error);
      if (watch.isWatched()) record(socket, received, { ack: 'refused', code: error.code });
    },
    sent(frames, audience) {
      const hearers = listHearers(audience);
      for (const [event, payload] of frames) {
        const roomId = 'roomId' in payload ? payload.roomId : undefined;
        const summary: Summary = {
          time: Date.now(),
          direction: 'out',
          event,
          ...(roomId && { roomId }),
          bytes: countBytes(payload),
        };
        for (const socketId of hearers) watch.record(socketId, summary);
      }
    },
    async list() {
      const now = Date.now();
      const newest = [...known].reverse().slice(0, mostListed);
      const views = newest.map(([socketId, facts]) => {
        const socket = io.sockets.sockets.get(socketId);
        const { entityId = '' } = socket?.data.principal ?? {};
        return socket && viewSocket(socket, facts, { now, findRoom, connectsPerMinute: connects.count(entityId, now) });
      });
      const sockets = (await Promise.all(views)).filter((view) => view !== undefined);
      return { sockets, total: known.size, refused: refusals.list() };
    },
  };
}

/** About as many as its JSON has. Step by step, not by JSON.stringify: a packet may be nested deeper than any stack. */
function countBytes(payload: unknown): number {
  if (payload instanceof Unreadable) return payload.bytes;
  if (payload === undefined) return 0;
  let bytes = 0;
  const open: unknown[] = [payload];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') bytes += Buffer.byteLength(value) + quotes;
    else if (typeof value !== 'object' || value === null) bytes += String(value).length;
    else {
      const entries = Object.entries(value);
      bytes += brackets + Math.max(0, entries.length - 1) * comma;
      for (const [key, one] of entries) {
        if (!Array.isArray(value)) bytes += Buffer.byteLength(key) + quotes + colon;
        open.push(one);
      }
    }
  }
  return bytes;
}
