/** Which route of which agent a request is for. */
import type { PluginRoute, Runtime } from '../core.ts';

export type FoundRoute = {
  readonly route: PluginRoute;
  readonly runtime: Runtime;
  readonly params: Readonly<Record<string, string>>;
  /** What stands in place of the `*` at the end. */
  readonly rest: string;
};

const ofAgent = /^\/api\/agents\/([^/]+)\/plugins(\/.*)$/;

/** A path of an agent is for that one; `agentId` in the query names one too; otherwise the first agent that has the route. */
export function findRoute(runtimes: readonly Runtime[], method: string, url: URL): FoundRoute | undefined {
  const [, namedInPath, pathOfAgent] = ofAgent.exec(url.pathname) ?? [];
  const agentId = namedInPath ?? url.searchParams.get('agentId') ?? undefined;
  const paths = pathOfAgent !== undefined ? [pathOfAgent] : [url.pathname, url.pathname.replace(/^\/api(?=\/)/, '')];
  for (const runtime of runtimes) {
    if (agentId !== undefined && runtime.agentId !== agentId) continue;
    for (const route of runtime.routes) {
      if (!servesMethod(route, method)) continue;
      for (const path of new Set(paths)) {
        const matched = matchPath(route, path);
        if (matched) return { route, runtime, ...matched };
      }
    }
  }
  return undefined;
}

function servesMethod({ type }: PluginRoute, method: string): boolean {
  const served = type.toUpperCase();
  if (served === method) return true;
  return (served === 'STATIC' || served === 'GET') && (method === 'GET' || method === 'HEAD');
}

type Matched = Pick<FoundRoute, 'params' | 'rest'>;

function matchPath({ path, type }: PluginRoute, requested: string): Matched | undefined {
  const wanted = segmentsOf(path);
  const given = segmentsOf(requested);
  const last = wanted.at(-1);
  const isOpen = last?.startsWith('*') === true || type.toUpperCase() === 'STATIC';
  const fixed = last?.startsWith('*') ? wanted.slice(0, -1) : wanted;
  if (given.length < fixed.filter((segment) => !segment.endsWith('?')).length) return undefined;
  if (!isOpen && given.length > fixed.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of fixed.entries()) {
    const value = given[index];
    if (segment.startsWith(':')) {
      if (value !== undefined) params[segment.slice(1).replace(/\?$/, '')] = value;
    } else if (segment !== value) return undefined;
  }
  const rest = given.slice(fixed.length).join('/');
  if (last && last.length > 1 && last.startsWith('*')) params[last.slice(1)] = rest;
  return { params, rest };
}

/** Throws on an escape that is none; the request is refused then. */
const segmentsOf = (path: string): string[] =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.includes('%') ? decodeURIComponent(segment) : segment));
