/** How many requests an address may send in a minute. */
import { createHmac, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { toNetwork } from '../../../auth/network.ts';

// The package's index loads the clients of ten databases.
const Limiter: typeof RateLimiterMemory = createRequire(import.meta.url)(
  'rate-limiter-flexible/lib/RateLimiterMemory.js',
);

/**
 * Tells each client where it stands, in headers; throws `too-many-requests` where it has sent too many. Strangers are
 * counted apart from the holders of the key at the same address.
 */
type CheckRequestRate = (request: FastifyRequest, reply: FastifyReply, isStranger: boolean) => Promise<void>;

/** What every answer says of it, beside `Retry-After` where it is refused. */
export const rateHeaders = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'RateLimit-Policy'] as const;

export function createRequestRate(requestsPerMinute: number): CheckRequestRate {
  const limiter = new Limiter({ points: requestsPerMinute, duration: 60 });
  return async (request, reply, isStranger) => {
    const { ip, door } = request;
    if (!door.isRated(request)) return;
    const [state, isRefused] = await limiter.consume(toKey(ip, isStranger)).then(
      (taken) => [taken, false] as const,
      (refusal: RateLimiterRes) => [refusal, true] as const,
    );
    const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
    reply.header('RateLimit-Limit', requestsPerMinute);
    reply.header('RateLimit-Remaining', state.remainingPoints);
    reply.header('RateLimit-Reset', seconds);
    reply.header('RateLimit-Policy', `${requestsPerMinute};w=60`);
    if (!isRefused) return;
    throw new ElizadError('too-many-requests', { retryAfterMs: state.msBeforeNext });
  };
}

/** So that nobody can work out which addresses meet in a key. */
const salt = randomBytes(32);

/**
 * One of 65536, twice: whoever has many addresses cannot fill the memory. Two that meet share their limit. Of IPv6 the
 * network counts, which is what one customer has.
 */
function toKey(ip: string | undefined, isStranger: boolean): string {
  // The connection is gone already.
  if (ip === undefined) return '';
  const key = createHmac('sha256', salt).update(toNetwork(ip)).digest('hex').slice(0, 4);
  return isStranger ? `stranger:${key}` : key;
}
