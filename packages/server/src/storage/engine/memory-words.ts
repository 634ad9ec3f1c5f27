/** The words of a text by which memories are found, and the scopes in which they are looked for; the same for every engine. */

/** Facts of an agent in a room; or, where `channelId` is null, its knowledge. */
export type Scope = { readonly agentId: string; readonly channelId: string | null };

/** Of a question: what is looked at, in characters from its beginning, and distinct words that are searched. */
const mostCharacters = 4_000;
const mostWords = 24;

/** Longer words are cut: a stemmer leaves them alone, and an index needs no more of them. */
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

/** Letters and digits alone, in lower case. */
export function listWords(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  return words.filter((word) => !stopWords.has(word)).map((word) => word.slice(0, longestWord).toWellFormed());
}

/** The words of a question, each once; none where it has none. */
export const listAskedWords = (text: string): string[] =>
  [...new Set(listWords(text.slice(0, mostCharacters)))].slice(0, mostWords);
