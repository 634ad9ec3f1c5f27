/**
 * Finds the one byte of a frame that was changed. Each word of it counts in the two sums with a factor of its own: what is
 * wrong with them says which byte it is, and by how much. Of the highest byte of a word only the lowest eight bits of the
 * factors count, and there are places that explain the same: then nothing is put right.
 */
import { frameHeaderBytes, type WalFrame } from '../engine/sqlite/wal.ts';

type Change = { index: number; by: number };

/** Puts it right in the words of the frame; false where more than one byte is wrong, or it may be one of several. */
export function mendByte({ words, stored, counted }: WalFrame): boolean {
  const wrong = [(stored[0] - counted[0]) | 0, (stored[1] - counted[1]) | 0] as const;
  const first = frameHeaderBytes / 4;
  const changes: Change[] = [];
  // Factors of the first and of the second word of a pair, from the last pair on.
  let [a0, a1, b0, b1] = [1, 1, 0, 1];
  for (let pair = words.length - 2; pair >= 0; pair -= 2) {
    if (pair < first && pair > 0) continue;
    changes.push(...findChanges(words, pair, [a0, a1], wrong), ...findChanges(words, pair + 1, [b0, b1], wrong));
    [a0, a1] = [(a0 + a1) | 0, (a0 + 2 * a1) | 0];
    [b0, b1] = [(b0 + b1) | 0, (b0 + 2 * b1) | 0];
  }
  const [change] = changes;
  if (!change || changes.length > 1) return false;
  words[change.index] = ((words[change.index] as number) + change.by) | 0;
  return true;
}

/** How one byte of a word may have been changed. */
function findChanges(
  words: Int32Array,
  index: number,
  factors: readonly [number, number],
  wrong: readonly [number, number],
): Change[] {
  const word = words[index] as number;
  const changes: Change[] = [];
  for (let shift = 0; shift < 32; shift += 8) {
    const byte = (word >>> shift) & 0xff;
    for (let value = 0; value < 256; value++) {
      const by = (value - byte) << shift;
      if (by !== 0 && Math.imul(by, factors[0]) === wrong[0] && Math.imul(by, factors[1]) === wrong[1])
        changes.push({ index, by });
    }
  }
  return changes;
}
