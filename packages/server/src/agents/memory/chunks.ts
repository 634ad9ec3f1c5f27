/** Cuts a text into parts that are found and quoted by themselves: each knows under which heading it stands. */

/** What a part holds about at most, and of the sentence before it that it repeats, in characters. */
const chunkSize = 1_200;
const longestOverlap = 200;

/** Parts of a text, in its order, about 1,200 characters each; headings of Markdown, and empty lines, are where it is cut. */
export function splitIntoChunks(text: string): string[] {
  return splitSections(text).flatMap(({ heading, body }) => {
    const start = heading === '' ? '' : `${heading}\n`;
    return pack(splitPieces(body)).map((part) => start + part);
  });
}

/** The text under each heading; the heading with those above it, such as `Travel > Trains`. */
function splitSections(text: string): { heading: string; body: string }[] {
  const sections: { heading: string; body: string }[] = [];
  const path: string[] = [];
  let lines: string[] = [];
  const close = () => {
    const heading = path.filter(Boolean).join(' > ').slice(0, longestOverlap);
    const body = lines.join('\n').trim();
    if (body !== '') sections.push({ heading, body });
    lines = [];
  };
  let isInFence = false;
  for (const line of text.split(/\r\n?|\n/)) {
    if (line.startsWith('```')) isInFence = !isInFence;
    const [, marks = '', title = ''] = (!isInFence && /^(#{1,6}) (.*)$/s.exec(line)) || [];
    if (marks === '') {
      lines.push(line);
      continue;
    }
    close();
    path.length = marks.length;
    path[marks.length - 1] = title.trim().slice(0, longestOverlap);
  }
  close();
  // A text of headings alone says something too.
  return sections.length === 0 && text.trim() !== '' ? [{ heading: '', body: text.trim() }] : sections;
}

/** Paragraphs; of one that is too long the sentences, and of a sentence that is too long pieces of it. */
function splitPieces(body: string): string[] {
  return body.split(/\n[ \t]*\n/).flatMap((paragraph) => {
    const whole = paragraph.trim();
    if (whole.length <= chunkSize) return whole === '' ? [] : [`${whole}\n`];
    return splitSentences(whole).flatMap((sentence) => splitHard(sentence));
  });
}

const splitSentences = (text: string): string[] => text.split(/(?<=[.!?。！？]\s|\n)/);

function splitHard(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += chunkSize) pieces.push(text.slice(at, at + chunkSize).toWellFormed());
  return pieces;
}

/** As many pieces in a part as fit; a part begins with the last sentence of the one before. */
function pack(pieces: readonly string[]): string[] {
  const parts: string[] = [];
  let part = '';
  for (const piece of pieces) {
    if (part !== '' && part.length + piece.length > chunkSize) {
      parts.push(part.trim());
      const last = splitSentences(part.trim()).at(-1) ?? '';
      part = last.length <= longestOverlap && last.length < part.trim().length ? `${last.trim()}\n` : '';
    }
    part += piece;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}
