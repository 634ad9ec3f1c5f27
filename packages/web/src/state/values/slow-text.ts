/**
 * Texts that take a browser minutes to place, and a page with them: by the ten thousand, marks that stand over a letter, and
 * letters that are written in another direction than those beside them.
 */

/** Texts of so many letters are placed soon, but for those that were made not to be. */
const most = 20_000;
const mostTurns = 1_000;
const mostOfPile = 500;

const slow = /[\p{M}\p{Bidi_Control}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/gu;
/** Within a word. Whoever writes from right to left has few of them. */
const turn = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}][A-Za-z\d]/gu;
const pile = /\p{M}{5,}/gu;

export const isSlow = (text: string): boolean =>
  (text.length > most && text.search(slow) !== -1) ||
  (text.match(turn)?.length ?? 0) > mostTurns ||
  (text.match(pile) ?? []).some(({ length }) => length > mostOfPile);

/** JSON that means the same, in which none of those letters stands. */
export const escapeSlow = (json: string): string =>
  json.replace(slow, (letter) =>
    Array.from({ length: letter.length }, (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );

/** Of a block, in letters: the time for one grows with its square. */
const mostOfBlock = 2_000;

/** Of a slow text its blocks, which are placed each by itself, cut at lines and words where there are some. */
export function cutIntoBlocks(text: string): string[] {
  if (!isSlow(text)) return [text];
  const blocks: string[] = [];
  for (let from = 0; from < text.length; ) {
    const piece = text.slice(from, from + mostOfBlock);
    const end = from + piece.length === text.length ? piece.length : findEnd(piece);
    blocks.push(piece.slice(0, end));
    from += end;
  }
  return blocks;
}

/** Behind the last line of a piece, or its last word, or at least no half of a character. */
const findEnd = (piece: string): number =>
  piece.lastIndexOf('\n') + 1 || piece.lastIndexOf(' ') + 1 || piece.length - (/[\ud800-\udbff]$/.test(piece) ? 1 : 0);
