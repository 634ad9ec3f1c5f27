/** Takes the path that the server is under off the address of every request and upgrade, where a proxy has left it on. */
import type { IncomingMessage, Server } from 'node:http';

/** After all others that look at requests before they are routed: it is to be the first. */
export function takeOffBasePath(server: Server, basePath: string): void {
  if (basePath === '') return;
  const takeOff = (request: IncomingMessage) => {
    request.url = withoutBase(request.url ?? '/', basePath);
  };
  server.prependListener('request', takeOff).prependListener('upgrade', takeOff);
}

function withoutBase(url: string, basePath: string): string {
  if (!url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
