/** A list of texts, one each in its box. Enter begins the next, Backspace in an empty one takes it out. */
import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '../../ui/button.tsx';
import styles from './fields.module.css';

type Props = { label: string; value: readonly string[]; onChange: (value: string[]) => void };

export function LinesField({ label, value, onChange }: Props) {
  const list = useRef<HTMLUListElement>(null);
  // Drawn at once, so that the next letter that is typed is the next box's.
  const change = (next: string[], focused: number) => {
    flushSync(() => onChange(next));
    list.current?.querySelectorAll<HTMLElement>('textarea')[focused]?.focus();
  };
  const add = (index: number) => change(value.toSpliced(index, 0, ''), index);
  const remove = (index: number) => change(value.toSpliced(index, 1), Math.max(0, index - 1));
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      add(index + 1);
    } else if (event.key === 'Backspace' && value[index] === '') {
      event.preventDefault();
      remove(index);
    }
  };
  return (
    <div className={styles.list}>
      <ul ref={list}>
        {value.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: texts may be the same, and have nothing else.
          <li key={index}>
            <textarea
              rows={1}
              value={text}
              aria-label={`${label} ${index + 1}`}
              onChange={({ target }) => onChange(value.with(index, target.value))}
              onKeyDown={(event) => onKeyDown(event, index)}
            />
            <Button look="quiet" aria-label={`Remove ${label} ${index + 1}`} onClick={() => remove(index)}>
              <X size={16} aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
      <Button look="quiet" aria-label={`Add to ${label}`} onClick={() => add(value.length)}>
        <Plus size={16} aria-hidden="true" />
        Add
      </Button>
    </div>
  );
}
