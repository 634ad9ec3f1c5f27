/**
 * What a log says, as JSON of a bounded size. Core puts the whole state of a turn into one, 170 kB with its memories and their
 * embeddings, and each prompt twice.
 */

const mostFields = 50;
const mostItems = 100;
/** Of one field of a log, about: of a longer text its beginning and its end, of a longer object its first fields. */
const mostLetters = 4_000;

/** Null where it has nothing to say. */
export function toBody(body: unknown): string | null {
  if (!isPlain(body)) return write(body) ?? null;
  const fields = Object.entries(body).slice(0, mostFields);
  const written = fields.flatMap(([name, value]) => {
    const text = write(value, body);
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return `{${written.join(',')}}`;
}

const isPlain = (body: unknown): body is object =>
  typeof body === 'object' &&
  body !== null &&
  !Array.isArray(body) &&
  typeof (body as { toJSON?: unknown }).toJSON !== 'function';

/** JSON of whatever it is: null for an object within itself, the digits of a bigint. */
function write(value: unknown, within?: object): string | undefined {
  const parents: unknown[] = [];
  let left = mostLetters;
  return JSON.stringify(value, function (this: unknown, name: string, one: unknown) {
    if (left <= 0) return undefined;
    left -= name.length + 4;
    if (typeof one === 'bigint') return String(one);
    if (typeof one === 'string') {
      const text = cut(one, Math.max(left, 1));
      left -= text.length;
      return text;
    }
    if (typeof one !== 'object' || one === null) return one;
    while (parents.length > 0 && parents.at(-1) !== this) parents.pop();
    if (one === within || parents.includes(one)) return null;
    const shown = Array.isArray(one) && one.length > mostItems ? one.slice(0, mostItems) : one;
    parents.push(shown);
    return shown;
  });
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.ceil(most / 2);
  return `${text.slice(0, half)} … ${text.slice(text.length - half)}`;
}
