/** How many characters must be changed, added or taken away to make one text of another (Levenshtein), up to a bound. */

/** Undefined where it is more than `most`. */
export function findDistance(a: readonly string[], b: readonly string[], most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined;
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, one] of a.entries()) {
    const now = [row + 1];
    for (const [column, other] of b.entries()) {
      const replaced = (before[column] as number) + (one === other ? 0 : 1);
      now.push(Math.min(replaced, (before[column + 1] as number) + 1, (now[column] as number) + 1));
    }
    if (Math.min(...now) > most) return undefined;
    before = now;
  }
  const distance = before[b.length] as number;
  return distance <= most ? distance : undefined;
}
