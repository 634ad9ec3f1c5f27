/** Ids in the order of time (UUID version 7): their index grows at its end, whatever the size of the store. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const idBytes = 16;
const pool = new Uint8Array(256 * idBytes);
let used = pool.length;

/** From a pool: a system call for each id costs more than the rest of it. */
function drawRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += idBytes;
  return pool.subarray(used - idBytes, used);
}

export const createId = (): string => v7({ rng: drawRandom });
