/**
 * The server's key, and who guesses at it, over sockets and HTTP alike. From where ten different wrong ones came in a
 * minute, none is looked at for a minute, not even the right one: otherwise a guess would still be answered. From where the
 * right one came lately it goes on to be taken: a stranger behind the same proxy must not lock its holders out.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ElizadError } from 'elizad-protocol';
import { toNetwork } from './network.ts';
import type { Principal } from './principal.ts';

const mostWrong = 10;
const windowMs = 60_000;
const blockMs = 60_000;

/** How long an address is known for having shown the right key, in ms. */
const holderMs = 24 * 3_600_000;

/** Networks that are remembered, of each kind: whoever has more of them makes us forget the oldest, and fills no memory. */
const mostNetworks = 5_000;

/** Different keys, by their digests: a client that is set up wrong repeats one, and guesses nothing. */
type Guesser = { wrong: Set<string>; since: number; blockedUntil: number };

export type CheckKey = (address: string | undefined, offered: readonly unknown[]) => Principal['credential'];

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * The check of all doors: what vouches for a caller at an address that offers these keys. Throws `unauthorized` when the
 * server has a key and none of them is it, `too-many-keys` while none is looked at. Digests are compared, so neither content
 * nor length of the key shows in the time it takes. `now`: milliseconds of any clock.
 */
export function createKeyGuard(apiKey: string | undefined, now: () => number = () => performance.now()): CheckKey {
  if (apiKey === undefined) return () => 'loopback';
  const expected = digest(apiKey);
  const guessers = new Map<string, Guesser>();
  const holders = new Map<string, number>();

  function remember(network: string, keys: readonly Buffer[]): void {
    const known = guessers.get(network);
    const isOver = known === undefined || now() - known.since > windowMs;
    const guesser = isOver ? { wrong: new Set<string>(), since: now(), blockedUntil: known?.blockedUntil ?? 0 } : known;
    for (const key of keys) guesser.wrong.add(key.toString('base64', 0, 12));
    if (guesser.wrong.size >= mostWrong) Object.assign(guesser, { wrong: new Set(), blockedUntil: now() + blockMs });
    putNewest(guessers, network, guesser);
  }

  return (address, offered) => {
    const keys = offered.filter((key) => typeof key === 'string' && key !== '').map((key) => digest(key as string));
    // A page that is opened for the first time has none, and asks for it.
    if (keys.length === 0) throw new ElizadError('unauthorized');
    const network = toNetwork(address);
    const retryAfterMs = Math.ceil((guessers.get(network)?.blockedUntil ?? 0) - now());
    const isHolder = now() - (holders.get(network) ?? Number.NEGATIVE_INFINITY) < holderMs;
    if (retryAfterMs > 0 && !isHolder) throw new ElizadError('too-many-keys', { retryAfterMs });
    let matches = false;
    for (const key of keys) if (timingSafeEqual(key, expected)) matches = true;
    if (matches) {
      putNewest(holders, network, now());
      return 'api-key';
    }
    if (retryAfterMs > 0) throw new ElizadError('too-many-keys', { retryAfterMs });
    remember(network, keys);
    throw new ElizadError('unauthorized');
  };
}

function putNewest<Value>(kept: Map<string, Value>, network: string, value: Value): void {
  kept.delete(network);
  kept.set(network, value);
  if (kept.size > mostNetworks) kept.delete(kept.keys().next().value as string);
}
