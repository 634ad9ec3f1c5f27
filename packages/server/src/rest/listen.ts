/** The port and the address that the server is reached at. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Settings } from '../config.ts';
import { howToRun } from '../settings/how-to-run.ts';

/** The port or the address cannot be used; the message says why, and what to do. */
export class CannotListen extends Error {}

/** Resolves once it accepts connections. Throws `CannotListen`. */
export async function listen(http: Server, { host, port }: Settings): Promise<void> {
  try {
    http.listen({ host, port });
    await once(http, 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      EADDRINUSE: `PORT: ${port} on ${host} is taken. Choose another, for example: ${howToRun('serve', `--port ${port + 1}`)}`,
      EACCES: `PORT: ${port} may not be used by this user. Choose one above 1023, for example: ${howToRun('serve', '--port 3000')}`,
      EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine. 127.0.0.1 and 0.0.0.0 always are.`,
      ENOTFOUND: `HOST: the name ${host} is not known. 127.0.0.1 and 0.0.0.0 always work.`,
    };
    throw new CannotListen(reasons[code ?? ''] ?? `HOST, PORT: cannot listen on ${host}:${port}: ${message}`, {
      cause,
    });
  }
}

export const describeUrl = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
