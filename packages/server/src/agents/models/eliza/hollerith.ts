/**
 * The hash by which ELIZA chose which memory to lay down: the middle bits of the square of a word as the IBM 7094 held
 * it, six bits a character, six characters a machine word. Kept so that the published conversation comes out.
 */

const characters = "0123456789#='###+ABCDEFGHI#.)###-JKLMNOPQR#$*### /STUVWXYZ#,(###";
const magnitudeMask = (1n << 35n) - 1n;

/** The hash of a word's last machine word, as a number of `bits` bits; the paper's own example is ALWAYS, 7, 14. */
export function hashWord(word: string, bits: number): number {
  const letters = [...word.toUpperCase()];
  const lastCell = letters.slice(Math.floor(Math.max(letters.length - 1, 0) / 6) * 6);
  let datum = 0n;
  for (let index = 0; index < 6; index++) {
    const code = characters.indexOf(lastCell[index] ?? ' ');
    datum = (datum << 6n) | BigInt(Math.max(code, 0));
  }
  const magnitude = datum & magnitudeMask;
  return Number(((magnitude * magnitude) >> BigInt(35 - Math.floor(bits / 2))) & ((1n << BigInt(bits)) - 1n));
}
