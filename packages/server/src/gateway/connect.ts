/**
 * A CONNECT, before Socket.IO makes a socket of it: the key and the id that it shows are looked at first. Who is refused
 * costs no read of the store, and throws off no socket whose resume id it has come to know.
 */
import type { IncomingMessage } from 'node:http';
import { ElizadError } from 'elizad-protocol';
import { PacketType } from 'socket.io-parser';
import type { Connection } from './resume/newcomers.ts';
import { writeTicket } from './resume/resume-ticket.ts';
import type { SocketData } from './socket-data.ts';

type Auth = Record<string, unknown>;

/** What Socket.IO has for each connection, and its namespace, as far as they are used here. */
type Client = { readonly request: IncomingMessage; readonly conn: Connection; _packet(packet: object): void };
type Namespace = { readonly name: string; _add(client: Client, auth: Auth, done: unknown): Promise<void> };

/** Who connects: the connection, and what is in its first request and in its CONNECT. */
export type Caller = { readonly connection: Connection; readonly request: IncomingMessage; readonly auth: Auth };

export type ConnectOptions = {
  /** Who it is. Throws what refuses it. */
  authenticate(caller: Caller): SocketData;
  /** Told of each that was refused, and has been answered. */
  onRefused(caller: Caller, error: ElizadError): void;
};

/** Returns what finds who a socket is, by the `auth` of its handshake. */
export function checkConnects(namespace: Namespace, options: ConnectOptions): (auth: Auth) => SocketData {
  const known = new WeakMap<Auth, SocketData>();
  const add = namespace._add.bind(namespace);
  namespace._add = async (client, auth, done) => {
    const caller = { connection: client.conn, request: client.request, auth };
    let data: SocketData;
    try {
      data = options.authenticate(caller);
    } catch (thrown) {
      const error = thrown instanceof ElizadError ? thrown : new ElizadError('internal');
      client._packet({ type: PacketType.CONNECT_ERROR, nsp: namespace.name, data: toRefusal(error) });
      options.onRefused(caller, error);
      return;
    }
    const { principal, isProvisional } = data;
    const shown = { ...auth };
    if (typeof auth.pid === 'string')
      shown.pid = writeTicket({ pid: auth.pid, entityId: isProvisional ? undefined : principal.entityId });
    known.set(shown, data);
    await add(client, shown, done);
  };
  return (auth) => {
    const data = known.get(auth);
    if (!data) throw new Error('a socket came past its door');
    return data;
  };
}

/** As a stock client reads it: an error with `data`. */
export function toRefusal(error: ElizadError): { message: string; data: object } {
  const { error: message, details: data } = error.toWire();
  return { message, data };
}
