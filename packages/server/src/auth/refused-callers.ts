/**
 * Callers that are refused for their origin or for the name that they ask by: what they are told, and what the log says, once
 * for each, with the setting that would let them in.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from 'elizad-protocol';
import { type StrangerLog, toShown } from '../observability/stranger-log.ts';
import { type CallerRule, isNameAllowed, isPageAllowed } from './credentials.ts';

/** Notes it; returns what the caller is told. */
export type RefuseCaller = (headers: IncomingHttpHeaders, address: string | undefined) => ErrorCode;

/** So many are remembered as said; of more the oldest is said again. */
const mostKnown = 100;

export function createRefuseCaller(strangers: StrangerLog, rule: CallerRule): RefuseCaller {
  const known = new Set<string>();
  return (headers, address) => {
    const who = `${headers.origin} ${headers.host}`.slice(0, 500);
    const isKnown = known.delete(who);
    known.add(who);
    if (known.size > mostKnown) known.delete(known.values().next().value as string);
    const kind = 'a page or a name was refused';
    if (isKnown) strangers.note({ kind, address, level: 'debug' });
    else strangers.note({ kind, address, what: who, line: describeRefused(headers, rule) });
    return isPageAllowed(headers, rule) ? 'host-not-allowed' : 'origin-not-allowed';
  };
}

function describeRefused(headers: IncomingHttpHeaders, rule: CallerRule): string {
  const { origin, host = '' } = headers;
  const name = toShown(host);
  const allow = (...more: string[]) => `start with CORS_ORIGIN=${[...rule.corsOrigins, ...more].join(',')}`;
  if (isPageAllowed(headers, rule))
    return `refused: asked by the name ${name}, and without a key the server goes by its addresses and localhost alone; to allow it, ${allow(`http://${name}`)}, or set ELIZAD_API_KEY`;
  if (origin === undefined) return 'a page of another site, which is not named, was refused';
  if (!URL.canParse(origin))
    return `a page without an origin (${toShown(origin)}: a file, or a frame) was refused; serve it from http://localhost`;
  const [page, { hostname }] = [toShown(origin), new URL(origin)];
  const isByOtherName = !isNameAllowed(headers, rule) && host.replace(/:\d+$/, '').toLowerCase() !== hostname;
  const start = `a page of ${page} was refused; to allow it, ${allow(page, ...(isByOtherName ? [`http://${name}`] : []))}`;
  if (rule.apiKey === undefined) return start;
  return `${start}. Where that is this server behind a proxy, the proxy changes the header Host, which came as ${name}: it must pass it on as it is (nginx: proxy_set_header Host $http_host;), see docs/deploy.md`;
}
