/**
 * How much of each answer a reader has, as a text that it keeps and sends when it comes back. It names lengths and digests,
 * not pieces: so it holds also where the pieces are gone, because the answer is whole by now or the server was killed.
 */
import { createHash, type Hash } from 'node:crypto';
import { isUuid } from 'elizad-protocol';

/** More of an answer, for a reader that joins what it gets; index 0 begins anew. */
export type Chunk = { messageId: string; chunk: string; index: number };

export type AnswerCursor = {
  /**
   * What a reader does not have yet of an answer; nothing where it has all. With `isAnew`, `text` is all of it so far, and
   * what was said before is said again: nothing until it is as long, for only then it is known whether it is the same.
   */
  take(answerId: string, text: string, isAnew: boolean): Chunk | undefined;
  /** The same with the whole answer, where nothing is waited for. */
  finish(answerId: string, text: string): Chunk | undefined;
  /** Where the reader stands. */
  format(): string;
};

/**
 * `held`: space at the end, which a whole answer does not have. `digest` until the text is seen again. `again`: what was
 * said anew, as long as it is shorter than what was heard.
 */
type Heard = { index: number; length: number; held: string; hash: Hash; digest?: string; again?: string };

const digestLength = 12;
const mostAnswers = 100;

/** Begins where a reader says that it was; where that is nothing that `format` gave, at the beginning. */
export function createAnswerCursor(place: string | undefined): AnswerCursor {
  const heard = parse(place);

  function add(answerId: string, one: Heard, text: string): Chunk | undefined {
    const all = one.held + text;
    const begins = one.length === 0 ? all.trimStart() : all;
    const chunk = begins.trimEnd();
    one.held = begins.slice(chunk.length);
    if (chunk === '') return undefined;
    one.hash.update(chunk);
    one.length += chunk.length;
    const index = one.index++;
    heard.set(answerId, one);
    return { messageId: answerId, chunk, index };
  }

  function take(answerId: string, text: string, isAnew: boolean, isWhole = false): Chunk | undefined {
    const before = heard.get(answerId);
    if (!isAnew && before && before.again === undefined) return add(answerId, before, text);
    const whole = ((isAnew ? undefined : before?.again) ?? '').concat(text).trimStart();
    if (before && !isWhole && whole.length < before.length) {
      before.again = whole;
      return undefined;
    }
    const begun = begin(before?.index ?? 0);
    heard.set(answerId, begun);
    if (before && whole.length >= before.length) {
      begun.hash.update(whole.slice(0, before.length));
      if (digestOf(begun) === (before.digest ?? digestOf(before))) {
        begun.length = before.length;
        return add(answerId, begun, whole.slice(before.length));
      }
    }
    const anew = begin(0);
    heard.set(answerId, anew);
    return add(answerId, anew, whole);
  }

  return {
    take,
    finish: (answerId, text) => take(answerId, text, true, true),
    format: () =>
      [
        '0',
        ...[...heard]
          .slice(-mostAnswers)
          .map(([id, one]) => [id, one.index, one.length, one.digest ?? digestOf(one)].join('.')),
      ].join(','),
  };
}

const begin = (index: number): Heard => ({ index, length: 0, held: '', hash: createHash('sha256') });

const digestOf = ({ hash }: Heard): string => hash.copy().digest('hex').slice(0, digestLength);

function parse(place = ''): Map<string, Heard> {
  const entries = place.split(',').slice(1, mostAnswers + 1);
  return new Map(
    entries.flatMap((entry): [string, Heard][] => {
      const [id, index = '', length = '', digest = ''] = entry.split('.');
      const isWhole = isUuid(id) && /^\d{1,9}$/.test(index) && /^\d{1,9}$/.test(length) && /^[\da-f]{12}$/.test(digest);
      return isWhole ? [[id as string, { ...begin(Number(index)), length: Number(length), digest }]] : [];
    }),
  );
}

/** Whether a reader was there before: it has the message, and perhaps some of its answers. */
export const isPlace = (text: string | undefined): text is string => text !== undefined && /^0(,|$)/.test(text);
