/** The part of a room's history that is loaded: pages of it, in the order of the room, and where nothing is missing. */
import type { Conversation, RoomMessage, Span, Unanswered } from '../app-state.ts';

type Loaded = Pick<Conversation, 'messages' | 'known'>;

/** Messages that are kept; beyond it those far from where one reads go. */
const mostLoaded = 4_000;
const keptAround = 1_000;

/** The place of a `seq`, or where it would stand. */
export function findPlace(messages: readonly RoomMessage[], seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle] as RoomMessage).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Finds messages by their `seq`; where one after the other is asked for that is not loaded, it need not search. */
export function createFinder(messages: readonly RoomMessage[]): (seq: number) => RoomMessage | undefined {
  let hole: Span = [1, 0];
  return (seq) => {
    if (hole[0] <= seq && seq <= hole[1]) return undefined;
    const place = findPlace(messages, seq);
    const found = messages[place];
    if (found?.seq === seq) return found;
    hole = [(messages[place - 1]?.seq ?? 0) + 1, (found?.seq ?? Number.POSITIVE_INFINITY) - 1];
    return undefined;
  };
}

/** What stands between the first and the last of these gives way to them: there is nothing else. */
function putIn(now: readonly RoomMessage[], more: readonly RoomMessage[]): readonly RoomMessage[] {
  const page = more.toSorted((a, b) => a.seq - b.seq);
  const [first, last] = [page[0], page.at(-1)];
  if (!first || !last) return now;
  const place = findPlace(now, first.seq);
  return now.toSpliced(place, findPlace(now, last.seq + 1) - place, ...page);
}

export const isKnown = (known: readonly Span[], seq: number): boolean =>
  known.some(([from, to]) => from <= seq && seq <= to);

/** Joined with those that it touches. */
export function addSpan(known: readonly Span[], [from, to]: Span): readonly Span[] {
  if (from > to) return known;
  const touches = ([start, end]: Span) => start <= to + 1 && from <= end + 1;
  const touched = known.filter(touches);
  const joined: Span = [
    Math.min(from, ...touched.map(([start]) => start)),
    Math.max(to, ...touched.map(([, end]) => end)),
  ];
  return [...known.filter((span) => !touches(span)), joined].sort(([a], [b]) => a - b);
}

/** With another page, which knows everything of its span. */
export function addPage(now: Loaded, page: readonly RoomMessage[], span: Span): Loaded {
  const [from, to] = span;
  const known = addSpan(now.known, span);
  const messages = putIn(now.messages, page);
  if (messages.length <= mostLoaded) return { messages, known };
  const last = messages.at(-1)?.seq ?? to;
  const kept: readonly Span[] = [
    [from - keptAround, to + keptAround],
    [last - keptAround, last],
  ];
  return {
    messages: messages.filter(({ seq }) => isKnown(kept, seq)),
    known: known.flatMap((one) => kept.map((other) => meet(one, other))).reduce(addSpan, [] as readonly Span[]),
  };
}

/** A page of the history without what was heard to be deleted while it was on its way, and with what was changed. */
export function withHeard(
  { messages, deleted, clearedTo }: Pick<Conversation, 'messages' | 'deleted' | 'clearedTo'>,
  page: readonly RoomMessage[],
): readonly RoomMessage[] {
  const find = createFinder(messages);
  return page
    .filter(({ id, seq }) => seq > clearedTo && !deleted.includes(id))
    .map((message) => {
      const heard = find(message.seq);
      return heard && (heard.updatedAt ?? 0) > (message.updatedAt ?? 0) ? heard : message;
    });
}

const meet = ([a, b]: Span, [c, d]: Span): Span => [Math.max(a, c), Math.min(b, d)];

/** The first and the last `seq` that the room has, as far as is known; nothing in an empty room. */
export function findEdges({ messages, known }: Loaded): Span | undefined {
  const last = messages.at(-1)?.seq;
  if (last === undefined) return undefined;
  return [known[0]?.[0] === 1 ? (messages[0]?.seq ?? 1) : 1, last];
}

const isWithoutAnswer = ({ outcome }: Unanswered): boolean => outcome !== 'answered' && outcome !== 'ignored';

/** That nobody was there to answer matters at the end of a room only; among people it is so of each message. */
const lastFew = 20;

/** With how other questions ended, of those that have no answer. */
export function addEndings(
  { messages, unanswered }: Pick<Conversation, 'messages' | 'unanswered'>,
  endings: Readonly<Record<string, Unanswered | null>>,
): Conversation['unanswered'] {
  const latest = new Set(messages.slice(-lastFew).map(({ id }) => id));
  const isWorthKeeping = (entry: [string, Unanswered | null]): entry is [string, Unanswered] => {
    const [id, end] = entry;
    return end !== null && isWithoutAnswer(end) && (end.outcome !== 'no-agent' || latest.has(id));
  };
  return Object.fromEntries(Object.entries({ ...unanswered, ...endings }).filter(isWorthKeeping));
}
