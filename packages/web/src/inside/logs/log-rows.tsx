/** The rows of the lines that are on the screen. */
import { useRef } from 'react';
import type { LogBook } from './lines/log-book.ts';
import type { Line } from './lines/log-line.ts';
import { LogRow } from './log-row.tsx';

type Props = {
  book: LogBook;
  indexes: readonly number[];
  activeId: number | undefined;
  openId: number | undefined;
  onChoose: (line: Line) => void;
};

export function LogRows({ book, indexes, activeId, openId, onChoose }: Props) {
  const pressed = useRef<Line>(undefined);
  return indexes.map((index, slot) => {
    const line = book.shownAt(index);
    return (
      line && (
        <LogRow
          // Rows are used again for other lines: nothing is made or thrown away while lines rush by.
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no state of its own.
          key={slot}
          line={line}
          place={index + 1}
          count={book.shownCount}
          needle={book.filter.text}
          isActive={line.id === activeId}
          isOpen={line.id === openId}
          onPress={() => (pressed.current = line)}
          onChoose={() => {
            // Lines may have moved on under the finger: it is the one that was pressed.
            const chosen = pressed.current ?? line;
            pressed.current = undefined;
            onChoose(chosen);
          }}
        />
      )
    );
  });
}
