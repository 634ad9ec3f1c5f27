/**
 * Plugins have their routes also at `/<plugin>/…` and `/api/<plugin>/…`, as the reference server has them. What elizad has at an
 * address itself goes first.
 */
import { type RestRow, restRows } from 'elizad-protocol/rest';
import type { Projects } from '../../agents/projects/projects.ts';

const own = new Set(
  Object.values<RestRow>(restRows).flatMap(({ path, aliases = [] }) => [path, ...aliases].map((one) => firstOf(one))),
);

/** The address below the agent whose plugin is meant, or the one that was given. */
export function toFullAddress(projects: Pick<Projects, 'findPlugin'>, url: string): string {
  const [path = '/', query] = url.split('?', 2);
  const name = firstOf(path);
  if (name === '' || own.has(name)) return url;
  const agentId = projects.findPlugin(name, new URLSearchParams(query).get('agentId') ?? undefined);
  if (agentId === undefined) return url;
  return `/api/agents/${agentId}/plugins${url.replace(/^\/api(?=\/)/, '')}`;
}

/** The first part, not counting `api`. */
function firstOf(path: string): string {
  const [, first = '', second = ''] = path.split('/', 3);
  return first === 'api' ? second : first;
}
