/** The port and the addresses that the server is reached at. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { howToRun } from '../settings/how-to-run.ts';

/** The port or the address cannot be used; the message says why, and what to do. */
export class CannotListen extends Error {}

export type Listening = {
  readonly port: number;
  /** Takes no more connections; resolves when the last one has gone. */
  close(): Promise<void>;
};

/** Where `localhost` leads to: some programs try the one first, some know no other. */
const [loopback, otherLoopback] = ['127.0.0.1', '::1'];

/** What a machine says that has no such address, or no such kind of address. */
const absent = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** Two servers seldom are given the same free port. */
const mostTries = 10;

/**
 * Resolves once it accepts connections: at the host, or where none is named at both loopbacks, as far as there are both.
 * Throws `CannotListen`.
 */
export async function listen(
  http: Server,
  { host, port }: { host: string | undefined; port: number },
  other = otherLoopback,
): Promise<Listening> {
  const servers: NetServer[] = [http];
  if (host !== undefined) await listenAt(http, host, port);
  else servers.push(...(await listenAtBoth(http, port, other)));
  return {
    port: (http.address() as AddressInfo).port,
    close: async () => {
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
}

/** The other one first: the HTTP server cannot be closed and opened again, since Engine.IO goes with it. */
async function listenAtBoth(http: Server, port: number, host: string): Promise<NetServer[]> {
  for (let tries = 1; ; tries++) {
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => http.emit('connection', socket));
    try {
      await listenAt(other, host, port);
    } catch (error) {
      if (!absent.includes(codeOf((error as Error).cause))) throw error;
      await listenAt(http, loopback, port);
      return [];
    }
    try {
      await listenAt(http, loopback, (other.address() as AddressInfo).port);
      other.on('error', (error) => http.emit('error', error));
      return [other];
    } catch (error) {
      other.close();
      const isChance = port === 0 && codeOf((error as Error).cause) === 'EADDRINUSE' && tries < mostTries;
      if (!isChance) throw error;
    }
  }
}

/**
 * Connections that may wait to be accepted; the system allows fewer (`net.core.somaxconn`). Where thousands come back at once, those
 * beyond it try again after a second, then after 3, 7, 15 and so on.
 */
const backlog = 65_535;

async function listenAt(server: NetServer, host: string, port: number): Promise<void> {
  try {
    server.listen({ host, port, backlog });
    await once(server, 'listening');
  } catch (cause) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT: ${port} on ${host} is taken. Choose another, for example: ${howToRun('serve', `--port ${port + 1}`)}`,
      EACCES: `PORT: ${port} may not be used by this user. Choose one above 1023, for example: ${howToRun('serve', '--port 3000')}`,
      EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine. 127.0.0.1 and 0.0.0.0 always are.`,
      ENOTFOUND: `HOST: the name ${host} is not known. 127.0.0.1 and 0.0.0.0 always work.`,
    };
    const { message } = cause as Error;
    throw new CannotListen(reasons[codeOf(cause)] ?? `HOST, PORT: cannot listen on ${host}:${port}: ${message}`, {
      cause,
    });
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

export const describeUrl = (host = loopback, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
