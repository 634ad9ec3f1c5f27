/** Where a caller is: the address its requests come from, past the proxies that are trusted, and whose network that is. */
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { isIPv6 } from 'node:net';

/** Undefined where the connection is gone already. */
export type FindAddress = (request: IncomingMessage) => string | undefined;

/** As Fastify does it for HTTP, by the same library. `trustProxy`: whose `X-Forwarded-For` is believed. */
export function createAddressFinder(trustProxy: boolean | string[]): FindAddress {
  if (typeof trustProxy === 'boolean') return (request) => request.socket.remoteAddress;
  const proxyAddr: typeof import('@fastify/proxy-addr') = createRequire(import.meta.url)('@fastify/proxy-addr');
  const isTrusted = proxyAddr.compile(trustProxy);
  return (request) => (request.socket.remoteAddress === undefined ? undefined : proxyAddr(request, isTrusted));
}

/** What one customer has: of IPv6 a network of 64 bits, of IPv4 the address. */
export function toNetwork(address = ''): string {
  // Where a proxy is trusted that is none, it may be any text.
  if (!isIPv6(address) || address.includes('.')) return address.slice(0, 50);
  const [head = '', tail] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(Math.max(0, zeros)).fill('0'), ...back].slice(0, 4).join(':');
}
