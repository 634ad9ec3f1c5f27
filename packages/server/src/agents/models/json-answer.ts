/** Reads an answer that was asked for as JSON. Models that were asked in words put a fence around it, or a sentence before it. */

/** The JSON of an answer, not yet checked; nothing when there is none. */
export function readJsonAnswer(text: string): unknown {
  const opening = text.indexOf('```');
  const start = opening === -1 ? -1 : text.indexOf('\n', opening);
  const end = start === -1 ? -1 : text.indexOf('```', start);
  const fenced = end === -1 ? '' : text.slice(start, end);
  const object = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const candidate of [text, fenced, object]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The next reading may do.
    }
  }
  return undefined;
}
