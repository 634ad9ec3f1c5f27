/** The part of a room's history that is loaded: pages of it, in the order of the room, and where nothing is missing. */
import type { Conversation, RoomMessage, Span, Unanswered } from './app-state.ts';

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

/** In the order of the room; one that is there already is replaced. */
function mergeMessages(now: readonly RoomMessage[], more: readonly RoomMessage[]): readonly RoomMessage[] {
  const [first] = more;
  if (!first) return now;
  if (more.length === 1) {
    const place = findPlace(now, first.seq);
    return now.toSpliced(place, now[place]?.seq === first.seq ? 1 : 0, first);
  }
  const bySeq = new Map([...now, ...more].map((message) => [message.seq, message]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
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
  const messages = mergeMessages(now.messages, page);
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

const meet = ([a, b]: Span, [c, d]: Span): Span => [Math.max(a, c), Math.min(b, d)];

/** The first and the last `seq` that the room has, as far as is known; nothing in an empty room. */
export function findEdges({ messages, known }: Loaded): Span | undefined {
  const last = messages.at(-1)?.seq;
  if (last === undefined) return undefined;
  return [known[0]?.[0] === 1 ? (messages[0]?.seq ?? 1) : 1, last];
}

export const isWithoutAnswer = ({ outcome }: Unanswered): boolean => outcome !== 'answered' && outcome !== 'ignored';
