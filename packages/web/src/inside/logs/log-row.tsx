/** One line of the log. Its level is a word and a colour. */
import { readWords } from '../../state/values/names.ts';
import { Highlighted } from './highlighted.tsx';
import { formatTime, type Line, sourceOf } from './lines/log-line.ts';
import styles from './logs.module.css';

/** Of a line in its row; the rest is shown where it is opened. */
const mostLetters = 1_000;

type Props = {
  line: Line;
  place: number;
  count: number;
  /** In lower case. */
  needle: string;
  isActive: boolean;
  isOpen: boolean;
  onPress: () => void;
  onChoose: () => void;
};

export function LogRow({ line, place, count, needle, isActive, isOpen, onPress, onChoose }: Props) {
  const { id, entry, word, isGap } = line;
  if (isGap)
    return (
      <div
        className={styles.gap}
        id={`line-${id}`}
        role="option"
        tabIndex={-1}
        aria-posinset={place}
        aria-setsize={count}
        aria-selected={false}
        aria-disabled="true"
      >
        {entry.msg}
      </div>
    );
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys, as the pattern of a listbox is.
    <div
      className={styles.line}
      data-level={word}
      data-active={isActive || undefined}
      id={`line-${id}`}
      role="option"
      tabIndex={-1}
      aria-posinset={place}
      aria-setsize={count}
      aria-selected={isOpen}
      onPointerDown={onPress}
      onClick={onChoose}
    >
      <span className={styles.time}>{formatTime(entry.time)}</span>
      <span className={styles.word}>{word}</span>
      <span className={styles.source}>
        <Highlighted text={sourceOf(entry)} needle={needle} />
      </span>
      <span className={styles.msg}>
        <Highlighted text={readWords(entry.msg.slice(0, mostLetters))} needle={needle} />
      </span>
    </div>
  );
}
