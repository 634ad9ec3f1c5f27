/** How many events a connection may send in a second. */
import { createRequire } from 'node:module';
import { ElizadError } from 'elizad-protocol';
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

// The package's index loads the clients of ten databases, which costs each start 25 ms.
const Limiter: typeof RateLimiterMemory = createRequire(import.meta.url)(
  'rate-limiter-flexible/lib/RateLimiterMemory.js',
);

/** Resolves when the socket may send one more now; throws `too-many-sends` with `retryAfterMs` when not. */
export type CheckSendRate = (socketId: string) => Promise<void>;

export function createSendRate(maxSendsPerSecond: number): CheckSendRate {
  const limiter = new Limiter({ points: maxSendsPerSecond, duration: 1 });
  return async (socketId) => {
    try {
      await limiter.consume(socketId);
    } catch (refusal) {
      throw new ElizadError('too-many-sends', { retryAfterMs: (refusal as RateLimiterRes).msBeforeNext });
    }
  };
}
