/**
 * Finds the one byte of a frame that was changed. Each word of it counts in the two sums with a factor of its own: what is
 * wrong with them says which byte it is, and by how much. That two places explain both sums by chance does not happen in
 * the age of a disk.
 */
import { frameHeaderBytes, type WalFrame } from '../wal.ts';

/** Puts it right in the words of the frame; false where more than one byte is wrong. */
export function mendByte({ words, stored, counted }: WalFrame): boolean {
  const wrong = [(stored[0] - counted[0]) | 0, (stored[1] - counted[1]) | 0] as const;
  const first = frameHeaderBytes / 4;
  // Factors of the first and of the second word of a pair, from the last pair on.
  let [a0, a1, b0, b1] = [1, 1, 0, 1];
  for (let pair = words.length - 2; pair >= 0; pair -= 2) {
    if (pair < first && pair > 0) continue;
    if (mendWord(words, pair, [a0, a1], wrong) || mendWord(words, pair + 1, [b0, b1], wrong)) return true;
    [a0, a1] = [(a0 + a1) | 0, (a0 + 2 * a1) | 0];
    [b0, b1] = [(b0 + b1) | 0, (b0 + 2 * b1) | 0];
  }
  return false;
}

function mendWord(
  words: Int32Array,
  index: number,
  factors: readonly [number, number],
  wrong: readonly [number, number],
): boolean {
  const word = words[index] as number;
  for (let shift = 0; shift < 32; shift += 8) {
    const byte = (word >>> shift) & 0xff;
    for (let value = 0; value < 256; value++) {
      const change = (value - byte) << shift;
      if (change === 0 || Math.imul(change, factors[0]) !== wrong[0] || Math.imul(change, factors[1]) !== wrong[1])
        continue;
      words[index] = (word + change) | 0;
      return true;
    }
  }
  return false;
}
