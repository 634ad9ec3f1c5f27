/**
 * How much there is to keep, and to look at, of what comes as JSON: its bytes, and the values in it, which cost more than
 * their bytes do: a schema that each of them breaks takes microseconds for each.
 */

/** Most of one event, or of an answer that is no stream: objects and lists, and items with the fields of objects. */
export type Most = { readonly bytes: number; readonly objects: number; readonly items: number };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const comma = 0x2c;
const bracket = 0x5b;
const backslash = 0x5c;
const brace = 0x7b;

/** Takes one chunk after the other, and tells whether it has become too much. An empty line ends an event of a stream. */
export function createMeter(most: Most, isStream: boolean): (chunk: Uint8Array) => boolean {
  let bytes = 0;
  let objects = 0;
  let items = 0;
  let isInText = false;
  let isEscaped = false;
  let isEmptyLine = true;
  let wasReturn = false;

  function endLine(): void {
    // No text of JSON goes over a line: what follows is read from its beginning, as the parser does.
    isInText = false;
    isEscaped = false;
    if (isStream && isEmptyLine) {
      bytes = 0;
      objects = 0;
      items = 0;
    }
    isEmptyLine = true;
  }

  return (chunk) => {
    for (const byte of chunk) {
      bytes += 1;
      if (byte === lineFeed || byte === carriageReturn) {
        if (byte === carriageReturn || !wasReturn) endLine();
        wasReturn = byte === carriageReturn;
        continue;
      }
      wasReturn = false;
      isEmptyLine = false;
      if (isEscaped) isEscaped = false;
      else if (isInText) {
        if (byte === quote) isInText = false;
        else if (byte === backslash) isEscaped = true;
      } else if (byte === quote) isInText = true;
      else if (byte === comma) items += 1;
      else if (byte === brace || byte === bracket) objects += 1;
      if (bytes > most.bytes || objects > most.objects || items > most.items) return true;
    }
    return false;
  };
}
