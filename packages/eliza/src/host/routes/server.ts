/**
 * Routes of plugins, on a port of 127.0.0.1 that only the parent reaches: elizad hands requests on as they come. Handlers
 * get Node's own request and response, with what Express adds to them and plugins use.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routesTokenHeader } from '../../link.ts';
import type { PluginRoute, Runtime } from '../core.ts';
import { log } from '../line.ts';
import { wordsOf } from '../load/unusable.ts';
import { redact } from '../redact.ts';
import { BodyRefused, readBody } from './body.ts';
import { type FoundRoute, findRoute } from './match.ts';
import { addToResponse, type RouteResponse } from './response.ts';
import { serveStatic } from './static.ts';

export type RoutesServer = { readonly port: number; readonly token: string };

export async function openRoutes(runtimes: readonly Runtime[]): Promise<RoutesServer> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    if (!hasToken(request, token)) return refuse(response, 403, 'this port is for elizad alone');
    delete request.headers[routesTokenHeader];
    void serve(runtimes, request, addToResponse(request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { port, token };
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(String(headers[routesTokenHeader] ?? ''));
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ success: false, error: { message } }));
}

async function serve(runtimes: readonly Runtime[], request: IncomingMessage, response: RouteResponse): Promise<void> {
  let found: FoundRoute | undefined;
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    found = findRoute(runtimes, request.method ?? 'GET', url);
    if (!found) return refuse(response, 404, 'no plugin of the project has this route');
    await handle(found, url, request, response);
  } catch (error) {
    if (error instanceof BodyRefused) return refuse(response, error.status, error.message);
    report(found?.route, found?.runtime, error);
    const isMissing = (error as NodeJS.ErrnoException)?.code === 'ENOENT';
    if (response.headersSent) response.destroy();
    else refuse(response, isMissing ? 404 : 500, redact(wordsOf(error)));
  }
}

async function handle(
  { route, runtime, params, rest }: FoundRoute,
  url: URL,
  request: IncomingMessage,
  response: RouteResponse,
): Promise<void> {
  if (route.type.toUpperCase() === 'STATIC') return serveStatic(route.filePath, rest, response);
  if (!route.handler) return refuse(response, 404, 'the route has no handler');
  // A form with files is read by the plugin itself.
  const body = route.isMultipart === true ? undefined : await readBody(request);
  const added = { params, query: readQuery(url), path: url.pathname, originalUrl: request.url, body };
  Object.assign(request, added, { get: (name: string) => request.headers[name.toLowerCase()] });
  await route.handler(request, response, runtime);
}

/** A name that comes twice is a list, as in Express. */
function readQuery({ searchParams }: URL): Record<string, string | string[]> {
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length > 1 ? values : (values[0] ?? '')];
    }),
  );
}

function report(route: PluginRoute | undefined, runtime: Runtime | undefined, error: unknown): void {
  const name = route ? `${route.type} ${route.path}` : 'a request';
  log('error', `the route ${name} failed: ${redact(wordsOf(error))}`, runtime?.agentId);
}
