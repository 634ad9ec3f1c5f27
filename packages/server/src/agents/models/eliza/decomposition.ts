/**
 * Decomposition and reassembly: taking a sentence apart by a rule's pattern, and saying its parts again in another one.
 * The notation of both is in `script-notation.ts`.
 */
import { toWord, type Word } from './words.ts';

/** A pattern ready to match: a number is that many words, 0 any number of them, a set is one word out of it. */
export type Pattern = readonly (number | ReadonlySet<string>)[];

/** Reads the notation of a decomposition; `tags` says which words a tag such as `/family` stands for. */
export function parsePattern(match: string, tags: ReadonlyMap<string, ReadonlySet<string>>): Pattern {
  return match.split(' ').map((part) => {
    if (/^\d+$/.test(part)) return Number(part);
    if (part.startsWith('/')) return tags.get(part.slice(1)) ?? new Set<string>();
    return new Set(part.split('|').map((word) => toWord(word).key));
  });
}

/**
 * The part of the sentence that each element of the pattern stands for, or undefined when the pattern does not fit.
 * Each run of elements after a `0` is taken where it fits first, which never has to be taken back: the time is linear.
 */
export function decompose(pattern: Pattern, words: readonly Word[]): Word[][] | undefined {
  const parts: Word[][] = [];
  let position = 0;
  for (let index = 0; index < pattern.length; ) {
    const isOpen = pattern[index] === 0;
    const first = isOpen ? index + 1 : index;
    const nextOpen = pattern.indexOf(0, first);
    const run = pattern.slice(first, nextOpen === -1 ? undefined : nextOpen);
    const start = isOpen ? findRun(run, words, position, nextOpen === -1) : position;
    if (start === undefined || !fits(run, words, start)) return undefined;
    if (isOpen) parts.push(words.slice(position, start));
    position = start;
    for (const element of run) {
      const end = position + widthOf(element);
      parts.push(words.slice(position, end));
      position = end;
    }
    index = first + run.length;
  }
  return position === words.length ? parts : undefined;
}

/** Says a sentence with its digits replaced by the parts that they number, from 1. */
export function reassemble(sentence: string, parts: readonly (readonly Word[])[]): string {
  return sentence.replace(/( ?)([1-9])/g, (_, space: string, digit: string) => {
    const part = parts[Number(digit) - 1] ?? [];
    return part.length === 0 ? '' : space + part.map(({ text }) => text).join(' ');
  });
}

/** The same, as words to be matched again. */
export function rewrite(sentence: string, parts: readonly (readonly Word[])[]): Word[] {
  return sentence.split(' ').flatMap((word) => (/^[1-9]$/.test(word) ? (parts[Number(word) - 1] ?? []) : toWord(word)));
}

/** Where the run fits first; the pattern's last run can only stand at the end. */
function findRun(run: Pattern, words: readonly Word[], from: number, isLast: boolean): number | undefined {
  const end = words.length - run.reduce<number>((width, element) => width + widthOf(element), 0);
  for (let start = isLast ? Math.max(end, from) : from; start <= end; start++) {
    if (fits(run, words, start)) return start;
  }
  return undefined;
}

function fits(run: Pattern, words: readonly Word[], start: number): boolean {
  let position = start;
  for (const element of run) {
    const word = words[position];
    if (typeof element !== 'number' && !(word && element.has(word.key))) return false;
    position += widthOf(element);
  }
  return position <= words.length;
}

function widthOf(element: Pattern[number]): number {
  return typeof element === 'number' ? element : 1;
}
