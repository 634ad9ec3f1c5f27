/** Names and texts of others, as the page can show them: names of a length and in its direction, all with few marks over a letter. */
const mostLetters = 200;
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const piledMarks = /(\p{M}{4})\p{M}+/gu;

/** Hundreds of marks over one letter stand over other lines, and take a browser seconds to place. */
export const withoutPiles = (text: string): string => text.replace(piledMarks, '$1');

/** Words of others within a line of ours: they stand over no other line, and turn nothing round. */
export const readWords = (text: string): string => withoutPiles(text.replace(directions, ''));

export function readName(name: unknown, otherwise: string): string {
  if (typeof name !== 'string') return otherwise;
  const plain = readWords(name.slice(0, 2 * mostLetters));
  return plain.slice(0, mostLetters).trim() || otherwise;
}
