/**
 * The words by which memories are found. Each is written down with a mark of its scope before it, so that a search costs
 * what its own scope holds, however much others remember, and a rare word is one that is rare there.
 */
import { hash } from 'node:crypto';

/** Facts of an agent in a room; or, where `channelId` is null, its knowledge. */
export type Scope = { readonly agentId: string; readonly channelId: string | null };

/** Of a question: what is looked at, in characters from its beginning, and distinct words that are searched. */
const mostCharacters = 4_000;
const mostWords = 24;

/** SQLite's stemmer leaves longer ones alone, mark included. */
const longestWord = 48;

const stopWords = new Set(
  `a about after again all also am an and any are as at be because been before being below between both but by can
  could did do does doing don down during each few for from further had has have having he her here hers him his how i if
  in into is it its just let like ll me more most my no nor not now of off on once only or other our out over own please
  re s same say she should so some such t tell than thanks that the their them then there these they this those through
  to too under until up us ve very was we were what when where which while who whom why will with would yes you your`.split(
    /\s+/,
  ),
);

/** Digits, because the stemmer looks for vowels. Two scopes with one mark are told apart by their rows. */
const markOf = ({ agentId, channelId }: Scope): string =>
  `q${BigInt(`0x${hash('sha256', `${agentId} ${channelId}`).slice(0, 12)}`)}x`;

function listWords(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  return words.filter((word) => !stopWords.has(word)).map((word) => word.slice(0, longestWord).toWellFormed());
}

/** What is written into `memory_words` for a memory. */
export function toIndexedWords(scope: Scope, text: string): string {
  const mark = markOf(scope);
  return listWords(text)
    .map((word) => mark + word)
    .join(' ');
}

/** What to match there for a question: any of its words; nothing when it has none. No text makes a wrong query. */
export function buildWordQuery(scope: Scope, text: string): string | undefined {
  const mark = markOf(scope);
  const words = [...new Set(listWords(text.slice(0, mostCharacters)))].slice(0, mostWords);
  // In quotes everything is a word, and none of them has a quote in it.
  return words.length === 0 ? undefined : words.map((word) => `"${mark}${word}"`).join(' OR ');
}
