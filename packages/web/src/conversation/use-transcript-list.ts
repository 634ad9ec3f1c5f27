/**
 * The virtual list of a transcript: a row for each `seq` that the room has, loaded or not, and after them what is on its
 * way. So the scroll bar is the whole room, nothing ever comes above what one reads, and any place is a jump away.
 */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { Conversation, RoomMessage } from '../state/app-state.ts';
import { markSeen } from '../state/messages/conversation.ts';
import { createFinder, findEdges, findPlace, isKnown } from '../state/messages/history.ts';
import { loadAround } from '../state/messages/history-pages.ts';
import { useLoadedRange } from './use-loaded-range.ts';

/** Beyond these, browsers cannot make an element high enough. */
const mostRows = 250_000;
/** So near is at the end, in px. */
const nearPx = 90;

/** So long after they are drawn rows have their height, in ms. */
const measuredMs = 100;

const guess = { hole: 72, line: 66, perLetters: 80, row: 22, mostPx: 600 } as const;

type List = Virtualizer<HTMLDivElement, HTMLLIElement>;

type Shown = {
  roomId: string;
  conversation: Conversation;
  /** The keys of the rows after the last message. */
  extras: readonly string[];
  /** Where one begins to read, when it is in the room. */
  unreadFrom: number | undefined;
};

export function useTranscriptList({ roomId, conversation, extras, unreadFrom }: Shown) {
  const scroller = useRef<HTMLDivElement>(null);
  const { messages, isLoaded } = conversation;
  const edges = findEdges(conversation);
  const last = edges?.[1] ?? 0;
  const first = edges ? Math.max(edges[0], last - mostRows) : 1;
  const said = edges ? last - first + 1 : 0;

  const find = useMemo(() => createFinder(messages), [messages]);
  const findMessage = (index: number): RoomMessage | undefined => find(first + index);
  // Whenever this function is another one, the list is measured from its beginning: it must be the same while it can.
  const extraKeys = extras.join(' ');
  const getItemKey = useCallback(
    (index: number) => (index < said ? first + index : (extraKeys.split(' ')[index - said] ?? index)),
    [first, said, extraKeys],
  );
  const drawn = useRef<List>(undefined);
  const list = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: said + extras.length,
    getScrollElement: () => scroller.current,
    getItemKey,
    estimateSize: (index) => estimate(index < said ? findMessage(index) : undefined),
    overscan: 5,
    // Far from the end nothing has to be held there, and asking how far it is costs a walk over all rows for each one.
    anchorTo: !drawn.current || isNearEnd(drawn.current) ? 'end' : 'start',
    followOnAppend: true,
    scrollEndThreshold: nearPx,
    directDomUpdates: true,
    directDomUpdatesMode: 'position',
    useAnimationFrameWithResizeObserver: false,
  });
  drawn.current = list;
  const items = list.getVirtualItems();
  const range = `${items[0]?.index ?? 0} ${items.at(-1)?.index ?? 0}`;
  const isAtEnd = list.isAtEnd(nearPx);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the first page is there.
  useLayoutEffect(() => {
    if (!isLoaded) return;
    const unreadIndex = unreadFrom === undefined ? said : unreadFrom - first;
    if (unreadIndex < said) list.scrollToIndex(Math.max(0, unreadIndex - 1), { align: 'start' });
    else {
      list.scrollToEnd();
      markSeen(roomId);
    }
  }, [isLoaded]);

  useLoadedRange({ roomId, conversation, first, last }, range);

  // Nobody reads what is not loaded: when it comes, nothing has to stay where it was, and to hold it costs a walk over all rows for each.
  const isBlind = items.length > 0 && items.every(({ index }) => index < said && !findMessage(index));
  useLayoutEffect(() => {
    if (!isBlind) return undefined;
    list.shouldAdjustScrollPositionOnItemSizeChange = () => false;
    return () =>
      void setTimeout(() => {
        list.shouldAdjustScrollPositionOnItemSizeChange = undefined;
      }, measuredMs);
  }, [list, isBlind]);

  useEffect(() => {
    if (!isLoaded || !isAtEnd || last === 0) return undefined;
    // What came while nobody looked is seen when somebody comes back.
    const onLook = () => markSeen(roomId);
    onLook();
    document.addEventListener('visibilitychange', onLook);
    return () => document.removeEventListener('visibilitychange', onLook);
  }, [roomId, isLoaded, isAtEnd, last]);

  return {
    list,
    scroller,
    items,
    said,
    isAtEnd,
    findMessage,
    /** The message before, where it is known. */
    findBefore: (message: RoomMessage): RoomMessage | undefined => messages[findPlace(messages, message.seq) - 1],
    /** Whether nothing stands there, as opposed to not being loaded. */
    isDeleted: (index: number) => isKnown(conversation.known, first + index),
    /** What stands round it is loaded first: rows that have their height stay where they are. */
    async jumpTo(seq: number): Promise<void> {
      await loadAround(roomId, [seq, seq]);
      list.scrollToIndex(Math.max(0, seq - first), { align: 'center' });
    },
    /** Moves no more than is needed, not at all where it is seen. */
    show: (seq: number) => list.scrollToIndex(Math.max(0, seq - first), { align: 'auto' }),
    toEnd: () => list.scrollToEnd(),
    /** By the keys that browsers have for it: they glide there, and stop where a row gets its height on the way. */
    onKeyDown(event: KeyboardEvent) {
      const { key, target, currentTarget, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (target !== currentTarget || ctrlKey || metaKey || altKey || shiftKey) return;
      if (key !== 'Home' && key !== 'End') return;
      event.preventDefault();
      if (key === 'End') list.scrollToEnd();
      else list.scrollToIndex(0, { align: 'start' });
    },
  };
}

/** From its own figures: to ask the element would lay the page out once more. */
const isNearEnd = (list: List): boolean =>
  list.getTotalSize() - (list.scrollOffset ?? 0) - (list.scrollRect?.height ?? 0) <= 3 * nearPx;

/** Until it is measured. */
function estimate(message: RoomMessage | undefined): number {
  if (!message) return guess.hole;
  const rows = Math.ceil(message.text.length / guess.perLetters);
  return Math.min(guess.mostPx, guess.line + (rows - 1) * guess.row);
}
