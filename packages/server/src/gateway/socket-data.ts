/** A socket of this server, and what is known of it: plain JSON, so that it is saved with it, and another process can be told. */
import type { ClientToServerEvents, ErrorCode, ServerToClientEvents } from 'elizad-protocol';
import type { Server, Socket } from 'socket.io';
import type { Principal } from '../auth/principal.ts';

export type LogFilters = { agentName: string; level: string | number };

/** What a socket hears of the log: by its subscription, and of the agents with which it joined, by channel. */
export type Listening = { filters?: LogFilters; isBatched?: boolean; agents: Record<string, string[]> };

export type SocketData = {
  principal: Principal;
  /** The id was assigned by us, and gives way to the one that the client turns out to go by. */
  isProvisional: boolean;
  /** The channels that it hears: as whom it joined each, and after which position in the log. */
  joined: Record<string, { as: string; after: number }>;
  /** What it hears of the log. */
  listening?: Listening;
  /** Why it was cut off, until it has been told. */
  cutOffFor?: ErrorCode;
};

export type GatewayServer = Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;
