/**
 * Who takes part in a channel, by id, in the order in which they came. A message asks two things of it, however many they
 * are: which agents are here, and whether somebody has the name that a text calls.
 */
export type Participant = { id: string; kind: 'user' | 'agent'; name: string | null };

/** The words of names as a tree: who has the name that ends here, and the words that go on. */
type Names = { people: Set<string>; next: Map<string, Names> };

const beginNames = (): Names => ({ people: new Set(), next: new Map() });

export class Roll extends Map<string, Participant> {
  readonly #agents = new Map<string, Participant>();
  /** Made at the first text that calls somebody: most rooms have none. */
  #names: Names | undefined;

  constructor(all: Iterable<Participant>) {
    super();
    for (const one of all) this.set(one.id, one);
  }

  override set(id: string, one: Participant): this {
    this.#forget(id);
    super.set(id, one);
    if (one.kind === 'agent') this.#agents.set(id, one);
    else if (this.#names) addName(this.#names, one);
    return this;
  }

  override delete(id: string): boolean {
    this.#forget(id);
    this.#agents.delete(id);
    return super.delete(id);
  }

  override clear(): void {
    for (const id of [...this.keys()]) this.delete(id);
  }

  get agents(): Iterable<Participant> {
    return this.#agents.values();
  }

  /** Whether somebody, other than one, has a name of which these are the words; or the first of them, from `from` on. */
  isNamed(words: readonly string[], from: number, but: string): boolean {
    this.#names ??= this.#gatherNames();
    let names: Names | undefined = this.#names;
    for (let at = from; at < words.length; at++) {
      names = names.next.get(words[at] as string);
      if (!names) return false;
      if (names.people.size > 1 || (names.people.size === 1 && !names.people.has(but))) return true;
    }
    return false;
  }

  #gatherNames(): Names {
    const names = beginNames();
    for (const one of this.values()) if (one.kind === 'user') addName(names, one);
    return names;
  }

  #forget(id: string): void {
    const before = this.get(id);
    if (before?.kind === 'agent') this.#agents.delete(id);
    if (before?.kind === 'user' && this.#names) removeName(this.#names, toWords(before.name ?? ''), id);
  }
}

function addName(names: Names, { id, name }: Participant): void {
  const words = toWords(name ?? '');
  if (words.length === 0) return;
  let at = names;
  for (const word of words) {
    const next = at.next.get(word) ?? beginNames();
    at.next.set(word, next);
    at = next;
  }
  at.people.add(id);
}

/** Leaves no branch behind on which nobody is. */
function removeName(names: Names, [word, ...rest]: readonly string[], id: string): void {
  if (word === undefined) {
    names.people.delete(id);
    return;
  }
  const next = names.next.get(word);
  if (!next) return;
  removeName(next, rest, id);
  if (next.people.size === 0 && next.next.size === 0) names.next.delete(word);
}

const wordsOnly = /[^\p{L}\p{N}]+/gu;

/** In small letters, without what is between them. What is in `others` is left where it is. */
export const toWords = (text: string, others = wordsOnly): string[] =>
  text
    .toLowerCase()
    .split(others)
    .filter((word) => word !== '');
