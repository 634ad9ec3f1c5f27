/** Where a caller is: the address that its requests come from, and whose network that is. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Past the proxies that are trusted; undefined where the connection is gone already. */
export type FindAddress = (request: IncomingMessage) => string | undefined;

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
