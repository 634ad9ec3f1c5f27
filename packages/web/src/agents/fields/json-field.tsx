/** Anything, or any object, as JSON. What cannot be read yet stays in the box, and says why. */
import { useEffect, useState } from 'react';
import { isSame } from '../character-draft.ts';
import styles from './fields.module.css';

type Props = {
  id: string;
  label: string;
  value: unknown;
  rows?: number;
  isObject?: boolean;
  onChange: (value: unknown) => void;
};

const write = (value: unknown): string => JSON.stringify(value ?? {}, null, 2);

export function JsonField({ id, label, value, rows = 6, isObject = false, onChange }: Props) {
  const [text, setText] = useState(() => write(value));
  const [fault, setFault] = useState('');
  useEffect(() => {
    // Changed elsewhere: what was being written has the same meaning, or is gone.
    setText((now) => (isSameJson(now, value) ? now : write(value)));
  }, [value]);
  const change = (now: string) => {
    setText(now);
    try {
      const parsed: unknown = JSON.parse(now);
      if (isObject && !isRecord(parsed)) throw new Error('It is to be an object: {"name": …}');
      setFault('');
      onChange(parsed);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <>
      <textarea
        id={id}
        className={styles.code}
        rows={rows}
        spellCheck={false}
        aria-label={label}
        aria-invalid={fault !== ''}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
      {fault && <span className={styles.fault}>{fault}</span>}
    </>
  );
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function isSameJson(text: string, value: unknown): boolean {
  try {
    return isSame(JSON.parse(text), value ?? {});
  } catch {
    return true;
  }
}
