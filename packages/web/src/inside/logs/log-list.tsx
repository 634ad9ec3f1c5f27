/** The lines: only those on the screen are drawn. It follows the end until one scrolls up. */
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type KeyboardEvent, memo, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { LogFollower } from './lines/log-follower.ts';
import type { Line } from './lines/log-line.ts';
import { LogRows } from './log-rows.tsx';
import styles from './logs.module.css';

const rowHeight = 26;
const overscan = 12;
const emptyTexts = {
  loading: 'Loading…',
  filter: 'No line fits. Show more levels, or filter by less text.',
  quiet: 'Nothing yet. Lines appear here as the server writes them.',
};

type Props = {
  follower: LogFollower;
  version: number;
  open: Line | undefined;
  onOpen: (line: Line | undefined) => void;
  /** Why nothing is shown, where nothing is. */
  isEmptyFor: keyof typeof emptyTexts;
  listRef: RefObject<HTMLDivElement | null>;
};

export const LogList = memo(function LogList({
  follower: { book },
  version,
  open,
  onOpen,
  isEmptyFor,
  listRef,
}: Props) {
  const [isFollowing, setFollowing] = useState(true);
  const [activeId, setActiveId] = useState<number>();
  const lastTop = useRef(0);
  const lastPushedOut = useRef(book.shownPushedOut);
  const count = book.shownCount;
  // The end is known without waiting for the scroll event: following, nothing blinks.
  const choose = (range: Range) => {
    if (!isFollowing) return defaultRangeExtractor(range);
    const seen = Math.ceil((listRef.current?.clientHeight ?? 0) / rowHeight) + overscan;
    const first = Math.max(0, count - seen);
    return Array.from({ length: count - first }, (_, index) => first + index);
  };
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => listRef.current,
    estimateSize: () => rowHeight,
    overscan,
    rangeExtractor: choose,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that there are new lines.
  useLayoutEffect(() => {
    const element = listRef.current;
    if (!element) return;
    const gone = book.shownPushedOut - lastPushedOut.current;
    lastPushedOut.current = book.shownPushedOut;
    if (isFollowing) element.scrollTop = element.scrollHeight;
    else if (gone > 0) element.scrollTop -= gone * rowHeight;
    lastTop.current = element.scrollTop;
  }, [version, isFollowing, book]);

  function onScroll(): void {
    const element = listRef.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollHeight - clientHeight - scrollTop < rowHeight / 2) setFollowing(true);
    else if (scrollTop < lastTop.current - 1) setFollowing(false);
    lastTop.current = scrollTop;
  }

  function moveTo(place: number): void {
    const line = book.shownAt(Math.max(0, Math.min(count - 1, place)));
    if (!line) return;
    setFollowing(false);
    setActiveId(line.id);
    virtual.scrollToIndex(book.placeOf(line.id));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const place = activeId === undefined ? -1 : book.placeOf(activeId);
    const page = Math.floor((listRef.current?.clientHeight ?? 0) / rowHeight);
    const target = findTarget(event.key, { from: place === -1 ? count : place, page, count });
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && place !== -1) onOpen(book.shownAt(place));
    else if (event.key === 'Escape') onOpen(undefined);
    else return;
    event.preventDefault();
  }

  const indexes = virtual.getVirtualIndexes();
  return (
    <div className={styles.frame}>
      <div
        ref={listRef}
        className={styles.lines}
        role="listbox"
        aria-label="Log lines"
        aria-activedescendant={activeId !== undefined && book.placeOf(activeId) !== -1 ? `line-${activeId}` : undefined}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className={styles.canvas} style={{ height: count * rowHeight }}>
          <div
            role="presentation"
            className={styles.window}
            style={{ transform: `translateY(${(indexes[0] ?? 0) * rowHeight}px)` }}
          >
            <LogRows
              book={book}
              indexes={indexes}
              activeId={activeId}
              openId={open?.id}
              onChoose={(line) => {
                setFollowing(false);
                setActiveId(line.id);
                onOpen(line);
              }}
            />
          </div>
        </div>
      </div>
      {count === 0 && <p className={styles.empty}>{emptyTexts[isEmptyFor]}</p>}
      {!isFollowing && (
        <div className={styles.newest}>
          <Button look="main" onClick={() => setFollowing(true)}>
            <ArrowDown size={16} aria-hidden="true" />
            Newest
          </Button>
        </div>
      )}
    </div>
  );
});

/** The place that a key leads to. */
function findTarget(key: string, { from, page, count }: Record<'from' | 'page' | 'count', number>): number | undefined {
  const moves: Record<string, number> = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: count - 1,
  };
  return moves[key];
}
