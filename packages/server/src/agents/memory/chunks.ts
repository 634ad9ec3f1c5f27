/** Cuts a text into parts that are found and quoted by themselves: each knows under which heading it stands. */

/** What a part holds about at most, and of the sentence before it that it repeats, in characters. */
const chunkSize = 1_200;
const longestOverlap = 200;

/**
 * Parts of a text, in its order, about 1,200 characters each; headings of Markdown, and empty lines, are where it is cut.
 * Each is made when it is asked for: all of a long text at once hold up others.
 */
export function* splitIntoChunks(text: string): Generator<string> {
  for (const { heading, body } of splitSections(text)) {
    const start = heading === '' ? '' : `${heading}\n`;
    for (const part of pack(splitPieces(body))) yield start + part;
  }
}

type Section = { heading: string; body: string };

/** The text under each heading; the heading with those above it, such as `Travel > Trains`. */
function* splitSections(text: string): Generator<Section> {
  const path: string[] = [];
  let lines: string[] = [];
  let isAnyFull = false;
  const close = (): Section[] => {
    const heading = path.filter(Boolean).join(' > ').slice(0, longestOverlap);
    const body = lines.join('\n').trim();
    lines = [];
    isAnyFull ||= body !== '';
    return body === '' ? [] : [{ heading, body }];
  };
  let isInFence = false;
  for (const line of text.split(/\r\n?|\n/)) {
    if (line.startsWith('```')) isInFence = !isInFence;
    const [, marks = '', title = ''] = (!isInFence && /^(#{1,6}) (.*)$/s.exec(line)) || [];
    if (marks === '') {
      lines.push(line);
      continue;
    }
    yield* close();
    path.length = marks.length;
    path[marks.length - 1] = title.trim().slice(0, longestOverlap);
  }
  yield* close();
  // A text of headings alone says something too.
  if (!isAnyFull && text.trim() !== '') yield { heading: '', body: text.trim() };
}

/** Paragraphs; of one that is too long the sentences, and of a sentence that is too long pieces of it. */
function* splitPieces(body: string): Generator<string> {
  for (const paragraph of body.split(/\n[ \t]*\n/)) {
    const whole = paragraph.trim();
    if (whole.length > chunkSize) for (const sentence of splitSentences(whole)) yield* splitHard(sentence);
    else if (whole !== '') yield `${whole}\n`;
  }
}

const splitSentences = (text: string): string[] => text.split(/(?<=[.!?。！？]\s|\n)/);

function splitHard(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += chunkSize) pieces.push(text.slice(at, at + chunkSize).toWellFormed());
  return pieces;
}

/** As many pieces in a part as fit; a part begins with the last sentence of the one before. */
function* pack(pieces: Iterable<string>): Generator<string> {
  let part = '';
  for (const piece of pieces) {
    if (part !== '' && part.length + piece.length > chunkSize) {
      yield part.trim();
      const last = splitSentences(part.trim()).at(-1) ?? '';
      part = last.length <= longestOverlap && last.length < part.trim().length ? `${last.trim()}\n` : '';
    }
    part += piece;
  }
  if (part.trim() !== '') yield part.trim();
}
