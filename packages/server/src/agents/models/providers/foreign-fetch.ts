/**
 * Addresses of model providers that came over HTTP: asked only where the operator's list lets agents ask. Who may make an
 * agent would else read with it what only this machine, or its network, can reach.
 */
import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ElizadError } from 'elizad-protocol';
import ipaddr from 'ipaddr.js';
import type { RequestInfo, RequestInit } from 'undici';

/** A word of the list: every address that anybody on the internet could ask. */
const anyPublic = 'public';

/** What finds the addresses of a name. */
type Resolve = typeof lookUp;

/** Throws `model-address-refused` for an address that is not on the list, as far as it can be seen without a look-up. */
export function assertMayAsk(address: string, list: readonly string[], path = ''): void {
  if (!mayAsk(address, list)) throw refuse(address, path);
}

function mayAsk(address: string, list: readonly string[]): boolean {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  if (isListed(url, list)) return true;
  // Numbers in whatever notation are an address in the usual one by now.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return list.includes(anyPublic) && (isIP(host) === 0 ? !/(^|\.)localhost\.?$/.test(host) : isElsewhere(host));
}

const isListed = ({ origin }: URL, list: readonly string[]): boolean => list.includes(origin);

function refuse(address: string, path = ''): ElizadError {
  const { origin = 'what is no URL' } = URL.parse(address) ?? {};
  return new ElizadError('model-address-refused', {
    issues: [{ path, message: `agents may not use ${origin}: it is not in MODEL_ADDRESSES` }],
  });
}

/** Within clouds of Azure the machine's own, though it is of a public range. */
const platformAddress = '168.63.129.16';

const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether the whole internet has this address: not the machine's own, none of a private, local or carrier's network, and
 * none that only wraps such a one.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const one = ipaddr.process(address);
  if (one.range() !== 'unicast' || one.toString() === platformAddress) return false;
  return one.kind() === 'ipv4' || one.match(globalUnicast);
}

/** All addresses of this machine. */
const listOwn = (): string[] => Object.values(networkInterfaces()).flatMap((all = []) => all.map((one) => one.address));

/**
 * Whether an address is public and another machine's. One of our own is reached from here past the firewall that keeps
 * everybody else out.
 */
export function isElsewhere(address: string, own: readonly string[] = listOwn()): boolean {
  return isPublic(address) && !own.includes(ipaddr.process(address).toString());
}

/** Gives the addresses that a connection is made to; a name of which one is not public, or our own, has none. */
export function createPublicLookup(resolve: Resolve = lookUp, findOwn = listOwn): LookupFunction {
  const areElsewhere = (found: readonly { address: string }[]): boolean => {
    const own = findOwn();
    return found.every(({ address }) => isElsewhere(address, own));
  };
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) done(error ?? new Error(`${hostname} has no address`), '', 0);
      else if (!areElsewhere(found)) done(refuse(`http://${hostname}`), '', 0);
      else if (options.all) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}

/** What asks: `undici` of npm, since the one within Node does not let its connections be made otherwise. */
type Asker = { readonly fetch: typeof import('undici').fetch; readonly dispatcher: import('undici').Agent };

/** Loaded when the first such address is asked; its connections are kept for all. */
export async function openAsker(lookup: LookupFunction): Promise<Asker> {
  const { fetch, Agent } = await import('undici');
  return { fetch, dispatcher: new Agent({ connect: { lookup } }) };
}

let shared: Promise<Asker> | undefined;

/**
 * A `fetch` for an address that came over HTTP. A name is looked up once, and what was found is what is connected to: it
 * cannot be public when it is looked at and private when it is asked.
 */
export function createForeignFetch(list: readonly string[], asker?: Promise<Asker>): typeof fetch {
  return async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    assertMayAsk(address, list);
    if (isListed(new URL(address), list)) return fetch(input, init);
    shared ??= openAsker(createPublicLookup());
    const { fetch: ask, dispatcher } = await (asker ?? shared);
    const answer = await ask(input as RequestInfo, { ...(init as RequestInit), dispatcher });
    return answer as unknown as Response;
  };
}
