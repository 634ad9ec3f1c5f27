/** What is shown of an agent in lists, which everybody gets with every look at the world: it may have a megabyte to say. */

const mostOfBio = 1_000;

/** The first thousand letters. Each line counts as one more. */
export function shortenBio(bio: string | readonly string[]): string[] {
  const lines: string[] = [];
  let left = mostOfBio;
  for (const line of [bio].flat()) {
    if (left <= 0) return [...lines, '…'];
    lines.push(line.length > left ? `${line.slice(0, left).toWellFormed()}…` : line);
    left -= line.length + 1;
  }
  return lines;
}

/** Letters of all avatars in a list: they may be pictures as text. */
const mostOfAvatars = 2_000_000;

/** Tells of one avatar after the other whether there is still room for it. */
export function createAvatarRoom(): (avatar: string) => boolean {
  let left = mostOfAvatars;
  return ({ length }) => {
    if (length > left) return false;
    left -= length;
    return true;
  };
}
