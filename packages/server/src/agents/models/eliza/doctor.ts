/**
 * ELIZA, the program: it scans a text for keywords, takes the sentence apart by the rules of the highest, and says it
 * again. After the CACM paper of January 1966, and after its source where the paper says too little (`but` ends a
 * sentence; which memory is laid down and when it is recalled). Pure: the same texts give the same answers.
 */
import { decompose, type Pattern, parsePattern, reassemble, rewrite } from './decomposition.ts';
import { hashWord } from './hollerith.ts';
import { doctorScript } from './script.ts';
import type { Reassembly, Rule } from './script-notation.ts';
import { isDelimiter, isForeign, readWords, toWord, type Word } from './words.ts';

/** One conversation with the doctor, as it stands after what was said so far. */
export type Conversation = {
  /** Never empty, whatever the text is. */
  answer(text: string): string;
  /**
   * Goes through an exchange of the past again. `said` was the answer then; where it differs from the answer now, since
   * the conversation's beginning is no longer known, the rules are turned so that they go on from what was said.
   */
  replay(text: string, said: string): void;
};

type ReadyRule = { readonly pattern: Pattern; readonly say: readonly Reassembly[] };
type ReadyKeyword = {
  readonly rank: number;
  readonly becomes: Word | undefined;
  readonly rules: readonly ReadyRule[];
  readonly link: string | undefined;
};

type State = {
  /** The original's LIMIT: 1 to 4, one further at each text; a memory is recalled at 4 only. */
  limit: number;
  /** How often each rule has spoken, so that its reassemblies take turns. */
  readonly turns: Map<ReadyRule, number>;
  readonly memories: string[];
};

/** What the scan leaves of a text: one sentence, substituted, and its keywords, the one to answer first. */
type Scan = { readonly words: readonly Word[]; readonly stack: readonly string[] };

const { keywords: scriptKeywords, memory, none, foreign } = doctorScript;
const tags = collectTags();
const keywords = new Map<string, ReadyKeyword>(
  scriptKeywords.map(({ word, rank = 0, becomes, rules = [], link }) => [
    toWord(word).key,
    { rank, becomes: becomes === undefined ? undefined : toWord(becomes), rules: rules.map(toReadyRule), link },
  ]),
);
const noneRule = toReadyRule(none);
const memoryPattern = parsePattern(memory.match, tags);

/** The program's own words, by LIMIT, for when a keyword's rules do not fit the sentence. */
const stuckAnswers = ['Please continue.', 'Hmmm.', 'Go on, please.', 'I see.'] as const;

/** More than the most reassemblies that one rule has. */
const maxReplayTries = 12;

/** Starts at the beginning: nothing said, nothing remembered. */
export function createConversation(): Conversation {
  const state: State = { limit: 1, turns: new Map(), memories: [] };
  return {
    answer(text) {
      state.limit = (state.limit % 4) + 1;
      const scan = scanText(text);
      return (isMemoryDue(state, scan) && state.memories.shift()) || transform(state, scan);
    },
    replay(text, said) {
      state.limit = (state.limit % 4) + 1;
      replayAnswer(state, scanText(text), said);
    },
  };
}

function isMemoryDue({ limit, memories }: State, { stack }: Scan): boolean {
  return stack.length === 0 && limit === 4 && memories.length > 0;
}

function replayAnswer(state: State, scan: Scan, said: string): void {
  const recalled = state.memories.indexOf(said);
  if (recalled !== -1) {
    state.memories.splice(0, recalled + 1);
    state.limit = 4;
    return;
  }
  const first = transform(state, scan);
  const turns = [...state.turns];
  const memoryCount = state.memories.length;
  let answer = first;
  for (let tries = 1; answer !== said && tries < maxReplayTries; tries++) {
    answer = transform(state, scan);
    if (answer === first) break;
  }
  state.memories.length = Math.min(state.memories.length, memoryCount);
  if (answer !== said) {
    state.turns.clear();
    for (const [rule, count] of turns) state.turns.set(rule, count);
  } else if (isMemoryDue(state, scan)) {
    // A memory was due by our count, and none was recalled: the count began elsewhere.
    state.limit = 3;
  }
}

/** Finds the keywords of the first sentence that has any, and substitutes them. */
function scanText(text: string): Scan {
  if (isForeign(text)) return { words: [], stack: [foreign] };
  let words: Word[] = [];
  const stack: string[] = [];
  let topRank = 0;
  for (const word of readWords(text)) {
    if (isDelimiter(word)) {
      if (stack.length > 0) break;
      words = [];
      continue;
    }
    const keyword = keywords.get(word.key);
    words.push(keyword?.becomes ?? word);
    // One that only substitutes or lends its tags has nothing to answer with.
    if (!keyword || (keyword.rules.length === 0 && keyword.link === undefined)) continue;
    if (keyword.rank > topRank) {
      stack.unshift(word.key);
      topRank = keyword.rank;
    } else {
      stack.push(word.key);
    }
  }
  return { words, stack };
}

/** Answers with the first keyword of the stack whose rules do not pass on to the next. */
function transform(state: State, scan: Scan): string {
  const stack = [...scan.stack];
  let { words } = scan;
  for (let key = stack.shift(); key !== undefined; key = stack.shift()) {
    if (key === memory.keyword) layDownMemory(state, words);
    const keyword = keywords.get(key);
    const taken = keyword && takeRule(keyword.rules, words);
    const said = taken ? takeTurn(state, taken.rule) : keyword?.link && { link: keyword.link };
    if (!said) return stuckAnswers[state.limit - 1] as string;
    if (typeof said === 'string') return reassemble(said, taken?.parts ?? []);
    if ('newKey' in said) continue;
    if (said.pre !== undefined) words = rewrite(said.pre, taken?.parts ?? []);
    stack.unshift(toWord(said.link).key);
  }
  return reassemble(takeTurn(state, noneRule) as string, [[...words]]);
}

function takeRule(
  rules: readonly ReadyRule[],
  words: readonly Word[],
): { rule: ReadyRule; parts: Word[][] } | undefined {
  for (const rule of rules) {
    const parts = decompose(rule.pattern, words);
    if (parts) return { rule, parts };
  }
  return undefined;
}

function takeTurn({ turns }: State, rule: ReadyRule): Reassembly | undefined {
  const count = turns.get(rule) ?? 0;
  turns.set(rule, (count + 1) % rule.say.length);
  return rule.say[count];
}

function layDownMemory({ memories }: State, words: readonly Word[]): void {
  const parts = decompose(memoryPattern, words);
  const sentence = memory.say[hashWord(words.at(-1)?.key ?? '', 2)];
  // A sentence that ends at its keyword would come back as "But your."
  if (parts?.at(-1)?.length && sentence !== undefined) memories.push(reassemble(sentence, parts));
}

function toReadyRule({ match, say }: Rule): ReadyRule {
  return { pattern: parsePattern(match, tags), say };
}

function collectTags(): Map<string, Set<string>> {
  const words = new Map<string, Set<string>>();
  for (const keyword of scriptKeywords) {
    for (const tag of keyword.tags ?? []) words.set(tag, (words.get(tag) ?? new Set()).add(toWord(keyword.word).key));
  }
  return words;
}
