/** Whether a caller has the server's key, and whether a page may call at all. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ElizadError } from 'elizad-protocol';
import type { Principal } from './principal.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * What vouches for a caller that offers these keys. Throws `unauthorized` when the server has a key and none of them is it.
 * Digests are compared, so neither content nor length of the key shows in the time it takes.
 */
export function checkApiKey(apiKey: string | undefined, offered: readonly unknown[]): Principal['credential'] {
  if (apiKey === undefined) return 'loopback';
  const expected = digest(apiKey);
  let matches = false;
  for (const key of offered) if (typeof key === 'string' && timingSafeEqual(digest(key), expected)) matches = true;
  if (!matches) throw new ElizadError('unauthorized');
  return 'api-key';
}

/** Whether pages of an origin may use the server. No origin means no browser. */
export function isOriginAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  // By name, not by the Host header: a foreign name that was made to resolve to this machine must not pass.
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(host);
}
