/** The rooms of one client: it enters them, leaves them, and joins them with `since` where it was told that it begins anew. */
import type { Socket } from 'socket.io-client';
import { pause } from '../chance.ts';
import type { Heard, Ledger } from '../ledger.ts';
import { ask, type Payload, type Tally } from './asking.ts';

export type PlayerRooms = {
  /** Enters a room, and is in it when this resolves with true; tries until then, or until it is refused for good. */
  join(room: string, agentId?: string): Promise<boolean>;
  leave(room: string): Promise<void>;
  /** A message came. */
  hear(message: Payload): void;
  /** The connection was not resumed: it enters its rooms once more. */
  beginAnew(): Promise<void>;
};

export type PlayerRoomsDeps = {
  name: string;
  entityId: string;
  socket: Socket;
  ledger: Ledger;
  tally: Tally;
  isOver: () => boolean;
};

export function openPlayerRooms({ name, entityId, socket, ledger, tally, isOver }: PlayerRoomsDeps): PlayerRooms {
  const wanted = new Set<string>();
  /** Rooms that it is on its way into, with what it heard of them meanwhile. */
  const entering = new Map<string, Pick<Heard, 'id' | 'seq'>[]>();

  /** Resolves with the last seq of the room at the time when it was entered. */
  async function enter(room: string, more: { since?: number; agentId?: string }): Promise<number | undefined> {
    let asked = 0;
    for (let tries = 1; wanted.has(room) && !isOver(); tries++) {
      // A join that was cut off in the middle of a replay is begun again.
      entering.set(room, []);
      const payload = { roomId: room, userId: entityId, ...more };
      const ack = socket.connected ? await ask(tally, socket, 'join', payload, asked++) : undefined;
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

  return {
    async join(room, agentId) {
      wanted.add(room);
      return (await enter(room, { agentId })) !== undefined;
    },
    async leave(room) {
      wanted.delete(room);
      ledger.left(name, room);
      for (let asked = 0; !isOver(); ) {
        if (socket.connected && (await ask(tally, socket, 'leave', { roomId: room }, asked++))) return;
        await pause(50);
      }
    },
    hear(message) {
      const early = entering.get(message.roomId);
      if (early) early.push(message);
      else ledger.heard(name, message.roomId, message);
    },
    async beginAnew() {
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
    },
  };
}

const sortOnce = (messages: Pick<Heard, 'id' | 'seq'>[]) =>
  [...new Map(messages.map((message) => [message.seq, message])).values()].sort((a, b) => a.seq - b.seq);
