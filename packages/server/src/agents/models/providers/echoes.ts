/** Which pieces of a line stand in a text: found in one pass over the text, since that may be a megabyte. */

/** The places in `line` where `length` characters begin that stand in `text` too. */
export function findEchoes(line: string, text: string, length: number): Set<number> {
  const found = new Set<number>();
  const sought = new Map<number, Map<string, number[]>>();
  walk(line, length, (hash, at) => {
    const piece = line.slice(at, at + length);
    const alike = sought.get(hash) ?? new Map<string, number[]>();
    sought.set(hash, alike.set(piece, [...(alike.get(piece) ?? []), at]));
  });
  walk(text, length, (hash, at) => {
    const alike = sought.get(hash);
    if (!alike) return;
    const piece = text.slice(at, at + length);
    for (const place of alike.get(piece) ?? []) found.add(place);
    // Once is enough.
    if (alike.delete(piece) && alike.size === 0) sought.delete(hash);
  });
  return found;
}

const base = 16_777_619;

/** Calls `visit` with the place of each piece of this length, and a number that is the same for the same piece. */
function walk(text: string, length: number, visit: (hash: number, at: number) => void): void {
  let power = 1;
  for (let index = 0; index < length; index++) power = Math.imul(power, base);
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, base) + text.charCodeAt(index)) | 0;
    if (index >= length) hash = (hash - Math.imul(text.charCodeAt(index - length), power)) | 0;
    if (index >= length - 1) visit(hash, index - length + 1);
  }
}
