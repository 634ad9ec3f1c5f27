/** Who a socket is and what it hears, written down, so that it can come back after anything. */
import type { Session, SessionChange, SessionRoom, SocketSessions } from '../../messaging/sessions/socket-sessions.ts';
import { createBatcher } from '../../pacing/batcher.ts';
import type { GatewaySocket, SocketData } from '../socket-data.ts';

export type Sessions = {
  /** Call it, and wait for it, before an answer says that something is so. Throws what the store throws. */
  save(socket: GatewaySocket): Promise<void>;
  /** Its last word is not written down yet, or could not be. */
  isUnsaved(socket: GatewaySocket): boolean;
  /** Forgets a socket that left by its own will. */
  forget(socket: GatewaySocket): Promise<void>;
  /** Those that are connected are not forgotten, however long they enter and leave nothing. */
  keep(sockets: Iterable<GatewaySocket>): Promise<void>;
  /** Forgets sockets that nobody has heard of since a time, but for those: the clock may have been set by weeks. */
  forgetBefore(time: number, sockets: Iterable<GatewaySocket>, signal: AbortSignal): Promise<void>;
};

const pidOf = (socket: GatewaySocket): string => (socket as unknown as { pid: string }).pid;

/** Rows that are noted at a time. */
const page = 500;

/** What is written of the rooms of a socket, as it was in its data: what is replaced there has changed. */
type Written = Map<string, Pick<SessionRoom, 'agents'> & { part: SocketData['joined'][string] }>;

/**
 * Sockets that are saved at the same time share one transaction: after a restart all of them join at once. Of each only
 * what changed is written: in a thousand rooms, one more is one row.
 */
export function openSessions(store: SocketSessions): Sessions {
  const written = new WeakMap<GatewaySocket, Written>();
  const group = createBatcher<GatewaySocket, undefined>(async (sockets) => {
    // As they are now, which is no earlier than when it was asked for.
    const all = [...new Set(sockets)].map((socket) => ({ socket, now: readRooms(socket.data) }));
    await store.save(all.map(({ socket, now }) => describeChange(socket, now, written.get(socket))));
    for (const { socket, now } of all) written.set(socket, now);
    return sockets.map(() => undefined);
  });
  const unsaved = new WeakMap<GatewaySocket, object>();
  async function keep(sockets: Iterable<GatewaySocket>): Promise<void> {
    const pids = [...sockets].map(pidOf);
    for (let from = 0; from < pids.length; from += page) await store.touch(pids.slice(from, from + page), Date.now());
  }
  return {
    async save(socket) {
      const word = {};
      unsaved.set(socket, word);
      await group.write(socket);
      if (unsaved.get(socket) === word) unsaved.delete(socket);
    },
    isUnsaved: (socket) => unsaved.has(socket),
    forget: (socket) => store.forget(pidOf(socket)),
    keep,
    async forgetBefore(time, sockets, signal) {
      if (!(await store.hasBefore(time))) return;
      await keep(sockets);
      await store.forgetBefore(time, signal);
    },
  };
}

function readRooms({ joined, listening }: SocketData): Written {
  return new Map(Object.entries(joined).map(([id, part]) => [id, { part, agents: listening?.agents[id] }]));
}

function describeChange(socket: GatewaySocket, now: Written, before: Written | undefined): SessionChange {
  const { joined: _rows, listening, ...data } = socket.data;
  const entered: SessionRoom[] = [];
  for (const [channelId, { part, agents }] of now) {
    const known = before?.get(channelId);
    if (known?.part !== part || known.agents !== agents) entered.push({ channelId, ...part, agents });
  }
  const left = [...(before?.keys() ?? [])].filter((channelId) => !now.has(channelId));
  const shown = listening && { ...listening, agents: undefined };
  return {
    pid: pidOf(socket),
    sid: socket.id,
    data: JSON.stringify({ ...data, listening: shown }),
    touchedAt: Date.now(),
    isWhole: before === undefined,
    entered,
    left,
  };
}

/** What was known of a socket, as it was written down. */
export function readSession({ data, rooms }: Session): SocketData {
  const { listening, ...rest } = JSON.parse(data);
  const joined = Object.fromEntries(rooms.map(({ channelId, as, after }) => [channelId, { as, after }]));
  const agents = Object.fromEntries(rooms.flatMap((room) => (room.agents ? [[room.channelId, [...room.agents]]] : [])));
  return { ...rest, joined, ...(listening && { listening: { ...listening, agents } }) };
}
