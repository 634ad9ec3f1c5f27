/** Whether a page may call at all. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Of the settings: who may call. */
export type CallerRule = { readonly corsOrigins: readonly string[]; readonly apiKey: string | undefined };

/**
 * Whether a request may be carried out at all. A browser names the origin of a page, but not where it asks its own server
 * for something to read: so where no key is asked for the name of the server counts, too. A foreign name that was made to
 * resolve to this machine must not pass; where there is a key, the server's own pages are known by their name alone. Nor
 * does a browser name the page that embeds a picture or a script, or follows a link; there it says only how far away the
 * page is. `isPublic`: it asks for what is the same for everybody, and changes nothing, as the web client's page is.
 */
export function isCallerAllowed(headers: IncomingHttpHeaders, rule: CallerRule, isPublic = false): boolean {
  return rule.corsOrigins.includes('*') || (isNameAllowed(headers, rule) && isPageAllowed(headers, rule, isPublic));
}

/** Whether the server may be asked by this name. */
export const isNameAllowed = ({ host }: IncomingHttpHeaders, { apiKey, corsOrigins }: CallerRule): boolean =>
  apiKey !== undefined || host === undefined || isKnownHost(host, corsOrigins);

/** Whether the page that asks may, whatever name it asks by. */
export function isPageAllowed(headers: IncomingHttpHeaders, rule: CallerRule, isPublic = false): boolean {
  const { origin, host } = headers;
  const { corsOrigins, apiKey } = rule;
  if (origin === undefined) return isPublic || !isFromUnnamedPage(headers);
  if (corsOrigins.includes(origin)) return true;
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  return (
    page !== undefined && (isLoopback(page.hostname) || (apiKey !== undefined && page.host === host?.toLowerCase()))
  );
}

/** Of the same site are all ports of a machine, and all names below one: here that is near enough on loopback only. */
function isFromUnnamedPage({ host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site === 'cross-site' || (site === 'same-site' && !isLoopback(withoutPort(host)));
}

/** An address is no name, and cannot be made to resolve to anything. */
function isKnownHost(host: string, corsOrigins: readonly string[]): boolean {
  const address = withoutPort(host);
  if (isLoopback(address) || isIP(address.replace(/^\[|\]$/g, '')) !== 0) return true;
  return corsOrigins.some((listed) => URL.canParse(listed) && new URL(listed).hostname === address);
}

const withoutPort = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || name.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(name);
