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
 * Queues of connections to be accepted, for each address. Where thousands come back at once, the system turns those away that find
 * their queue full (`net.core.somaxconn`, mostly 4,096), and they try again after 1, 3, 7, 15 and 31 s. Only Linux spreads
 * connections over several queues.
 */
const queues = process.platform === 'linux' ? 8 : 1;
const queueLength = 65_535;

/**
 * Resolves once it accepts connections: at the host, or where none is named at both loopbacks, as far as there are both.
 * Throws `CannotListen`.
 */
export async function listen(
  http: Server,
  { host, port }: { host: string | undefined; port: number },
  other = otherLoopback,
): Promise<Listening> {
  const toHttp = () =>
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => http.emit('connection', socket));
  const servers: NetServer[] = [];
  const open = async (at: { host: string; port: number }, first: NetServer) => {
    const group = [first, ...Array.from({ length: queues - 1 }, toHttp)];
    for (const server of group) {
      await startListening(server, { ...at, reusePort: queues > 1 });
      if (server !== http) server.on('error', (error) => http.emit('error', error));
      servers.push(server);
    }
  };
  const free = host === undefined ? await findFreeAtBoth(port, other) : [await findFree(host, port)];
  for (const at of free) await open(at, at === free[0] ? http : toHttp());
  return {
    port: (http.address() as AddressInfo).port,
    close: async () => {
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
}

type Address = { host: string; port: number };

/** One port that is free at both loopbacks, or at the only one that there is. */
async function findFreeAtBoth(port: number, other: string): Promise<Address[]> {
  for (let tries = 1; ; tries++) {
    const first = await findFree(loopback, port);
    try {
      return [first, await findFree(other, first.port)];
    } catch (error) {
      const code = codeOf((error as Error).cause);
      if (absent.includes(code)) return [first];
      const isChance = port === 0 && code === 'EADDRINUSE' && tries < mostTries;
      if (!isChance) throw error;
    }
  }
}

/**
 * Asks for the address alone, and leaves it again: sockets that share a port do not notice another server of the same user that
 * shares it too, and half of the clients would reach that one.
 */
async function findFree(host: string, port: number): Promise<Address> {
  const alone = createServer();
  await startListening(alone, { host, port });
  const free = { host, port: (alone.address() as AddressInfo).port };
  await new Promise((resolve) => alone.close(resolve));
  return free;
}

async function startListening(server: NetServer, options: Address & { reusePort?: boolean }): Promise<void> {
  const { host, port } = options;
  try {
    server.listen({ ...options, backlog: queueLength });
    await once(server, 'listening');
  } catch (cause) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT: ${port} on ${host} is in use. Choose another port, for example: ${howToRun('serve', `--port ${port + 1}`)}`,
      EACCES: `PORT: this user may not use ${port}. Choose a port above 1023, for example: ${howToRun('serve', '--port 3000')}`,
      EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine. 127.0.0.1 and 0.0.0.0 always work.`,
      ENOTFOUND: `HOST: ${host} is an unknown name. 127.0.0.1 and 0.0.0.0 always work.`,
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
