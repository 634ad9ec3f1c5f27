/**
 * One client of a run: stock `socket.io-client`, with what an app does that wants to lose nothing. It sends again what
 * was not acknowledged, and joins its rooms again (player-rooms.ts). What it hears goes to the ledger.
 */
import { readServerAddress } from 'elizad-client';
import { offsetEvent } from 'elizad-protocol';
import { io, type Socket } from 'socket.io-client';
import { type Ack, type Ledger, type Sent, textOf } from '../ledger.ts';
import { ask, type Payload, type Tally } from './asking.ts';
import { cutConnection, stallConnection } from './connection.ts';
import { openPlayerRooms, type PlayerRooms } from './player-rooms.ts';

export type Dialect = 'documented' | 'envelope';

export type Player = Pick<PlayerRooms, 'join' | 'leave'> & {
  readonly name: string;
  readonly entityId: string;
  readonly socket: Socket;
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
  const rooms = openPlayerRooms({ name, entityId, socket, ledger, tally, isOver });
  let hasConnected = false;

  socket.on('messageBroadcast', (message: Payload) => {
    tally.heard += 1;
    ledger.told(name, message.id);
    rooms.hear(message);
  });
  socket.on('messageComplete', ({ messageId }: Payload) => ledger.completed(name, messageId));
  socket.on(offsetEvent.name, () => ledger.placed(name));
  socket.on('disconnect', () => ledger.cutOff(name));
  socket.on('connect', () => {
    if (socket.recovered) tally.resumed += 1;
    else if (hasConnected) {
      tally.fresh += 1;
      void rooms.beginAnew();
    }
    hasConnected = true;
  });

  async function send(over: Socket, sent: Sent, text: string, dialect: Dialect): Promise<Ack | 'refused' | undefined> {
    const { room, sender, messageId } = sent;
    const body = `${textOf(sent)}\n${text}`;
    const ack = await (dialect === 'documented'
      ? ask(tally, over, 'message', { roomId: room, text: body, messageId, userId: sender })
      : ask(tally, over, 'message', {
          type: 2,
          payload: { channelId: room, message: body, messageId, senderId: sender },
        }));
    if (!ack) return undefined;
    return ack.ok ? { id: ack.messageId, seq: ack.seq } : 'refused';
  }

  return {
    name,
    entityId,
    socket,
    join: rooms.join,
    leave: rooms.leave,
    send: (sent, text, dialect) => send(socket, sent, text, dialect),
    async sendElsewhere(sent, text, dialect) {
      const other = connect();
      try {
        return await send(other, sent, text, dialect);
      } finally {
        other.close();
      }
    },
    cut: (how) => cutConnection(socket, how),
    stall: (ms) => stallConnection(socket, ms),
    close: () => void socket.close(),
  };
}
