/** Names that others chose, as the page can show them: of a length, in the direction of the page, with few marks over each letter. */
const mostLetters = 200;
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const piledMarks = /(\p{M}{3})\p{M}+/gu;

export function readName(name: unknown, otherwise: string): string {
  if (typeof name !== 'string') return otherwise;
  const plain = name
    .slice(0, 2 * mostLetters)
    .replace(directions, '')
    .replace(piledMarks, '$1');
  return plain.slice(0, mostLetters).trim() || otherwise;
}
