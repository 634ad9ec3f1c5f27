/**
 * The notation of an ELIZA script, after the CACM paper of January 1966: what a keyword, a decomposition rule and a
 * reassembly rule are. A script is data only; `doctor.ts` runs it.
 */

/**
 * What is said when a decomposition rule fits: a sentence in which a digit stands for that part of the decomposition;
 * or a link, the paper's `(=WHAT)`, which goes on with that keyword's rules, `pre` rewriting the words before;
 * or the paper's `(NEWKEY)`, which goes on with the next keyword of the stack.
 */
export type Reassembly = string | { readonly link: string; readonly pre?: string } | { readonly newKey: true };

/**
 * A decomposition and its reassemblies, taken in turn. The decomposition is a row of parts: `0` any number of words,
 * another number that many words, `sad|unhappy` one of these, `/family` a word with this tag, else the word itself.
 */
export type Rule = { readonly match: string; readonly say: readonly Reassembly[] };

/** A word that the scan looks for. One that has neither rules nor a link only substitutes, or only lends its tags. */
export type Keyword = {
  readonly word: string;
  /** The highest in a sentence is answered first; 0 when left out. */
  readonly rank?: number;
  /** Takes the word's place in the sentence: how `my` becomes `your`. Rules see the sentence after it. */
  readonly becomes?: string;
  /** The paper's DLIST. */
  readonly tags?: readonly string[];
  readonly rules?: readonly Rule[];
  /** Goes on with this keyword's rules when none of its own fits. */
  readonly link?: string;
};

/** A whole script. */
export type Script = {
  readonly opening: string;
  readonly keywords: readonly Keyword[];
  /** Each sentence answered by `keyword` also lays down a memory, for a later moment when no keyword is found. */
  readonly memory: { readonly keyword: string; readonly match: string; readonly say: readonly string[] };
  /** What is said when no keyword is found and no memory is due. */
  readonly none: Rule;
  /** The keyword that answers a text in another alphabet. */
  readonly foreign: string;
};
