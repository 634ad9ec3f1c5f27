/** Reads an answer that was asked for as JSON. Models that were asked in words put a fence around it, or a sentence before it. */

/** The JSON of an answer, not yet checked; nothing when there is none. */
export function readJsonAnswer(text: string): unknown {
  const [, fenced] = /```(?:json)?\s*\n([\s\S]*?)```/.exec(text) ?? [];
  const object = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const candidate of [text, fenced ?? '', object]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The next reading may do.
    }
  }
  return undefined;
}
