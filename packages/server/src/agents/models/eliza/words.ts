/**
 * From a text to the words that the script is matched against. The 1966 machine had capitals, a comma and a period;
 * what people type today is brought to that here, and in a form that reads well when it is said back.
 */

/** `key` is what rules compare, `text` what is said back. */
export type Word = { readonly key: string; readonly text: string };

/** Beyond these a text is not read: an answer is about one sentence, and a hostile text must stay cheap. */
const maxCharacters = 2000;
const maxWords = 300;
const maxWordCharacters = 60;

// The paper knows the comma and the period; its program stops at BUT as well.
const delimiters = new Set(['.', ',', 'but']);

/** Whether the scan stops here if it has found something, and else forgets what came before. */
export function isDelimiter({ key }: Word): boolean {
  return delimiters.has(key);
}

/** A word of the script, or one that a person typed. */
export function toWord(text: string): Word {
  const isAscii = !/[^\0-\x7f]/.test(text);
  const plain = isAscii ? text : text.normalize('NFD').replace(/\p{M}/gu, '');
  return { key: plain.toLowerCase(), text };
}

/** The words of a text and its delimiters, in their order. */
export function readWords(text: string): Word[] {
  const read = text.slice(0, maxCharacters);
  const isShouted = !/\p{Ll}/u.test(read);
  const words: Word[] = [];
  let startsSentence = true;
  for (const token of splitTokens(read)) {
    if (words.length === maxWords) break;
    words.push(toWord(toNaturalCase(token, startsSentence, isShouted)));
    startsSentence = token === '.';
  }
  return words;
}

/** Whether the text has letters, and none that an English sentence could be written in. */
export function isForeign(text: string): boolean {
  const read = text.slice(0, maxCharacters);
  return /\p{L}/u.test(read) && !/\p{Script=Latin}/u.test(read);
}

function splitTokens(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .replace(/[’‘ʼ＇´`]/g, "'")
      // A mark inside a word belongs to it: 3.14, 1,000, example.com.
      .replace(/[.:](?![\p{Ll}\d/])|[!?;…\n。！？]/gu, ' . ')
      .replace(/,(?!\d)|[—–、，]/g, ' , ')
      .replace(/[\p{Cc}\p{Cs}"“”„«»()[\]{}<>*_~|\\]/gu, ' ')
      .split(/\s+/)
      .map((token) => trimApostrophes(token))
      // A mention is for the room, not for the doctor.
      .filter((token) => token !== '' && token !== '-' && !/^@./.test(token))
  );
}

/** Not by a pattern: one that looks for a run at the end tries again from each of its characters. */
function trimApostrophes(token: string): string {
  let start = 0;
  let end = token.length;
  while (token[start] === "'") start++;
  while (end > start && token[end - 1] === "'") end--;
  return token.slice(start, end);
}

/** A name keeps its capital, the first word of a sentence does not: it will stand in the middle of another one. */
function toNaturalCase(token: string, startsSentence: boolean, isShouted: boolean): string {
  const short = token.length <= maxWordCharacters ? token : `${[...token].slice(0, maxWordCharacters).join('')}…`;
  if (/^i(?:$|')/i.test(short)) return `I${short.slice(1).toLowerCase()}`;
  const isPlain = short.slice(1) === short.slice(1).toLowerCase();
  return isShouted || (startsSentence && isPlain) ? short.toLowerCase() : short;
}
