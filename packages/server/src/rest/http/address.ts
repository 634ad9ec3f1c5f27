/** Where a request comes from, past the proxies that are trusted: as Fastify finds it out, for those that never get there. */
import { createRequire } from 'node:module';
import type { FindAddress } from '../../auth/network.ts';

/** `trustProxy`: whose `X-Forwarded-For` is believed. */
export function createAddressFinder(trustProxy: boolean | string[]): FindAddress {
  if (typeof trustProxy === 'boolean') return (request) => request.socket.remoteAddress;
  const proxyAddr: typeof import('@fastify/proxy-addr') = createRequire(import.meta.url)('@fastify/proxy-addr');
  const isTrusted = proxyAddr.compile(trustProxy);
  return (request) => (request.socket.remoteAddress === undefined ? undefined : proxyAddr(request, isTrusted));
}
