/** Anything, or any object, as JSON. What cannot be read yet stays in the box, and says why. */
import { useState } from 'react';
import { escapeSlow, isSlow } from '../../state/values/slow-text.ts';
import { rebase } from '../character-changes.ts';
import { isRecord, isSame } from '../character-draft.ts';
import styles from './fields.module.css';

type Props = {
  id: string;
  label: string;
  value: unknown;
  rows?: number;
  isObject?: boolean;
  onChange: (value: unknown) => void;
};

/** `meant` is what the text said when it could last be read. */
type Written = { text: string; meant: unknown; fault: string };

/** Of values deep within each other most of it is what sets them in. */
const mostSetIn = 1_000_000;

function write(value: unknown): Written {
  const setIn = JSON.stringify(value, null, 2);
  const text = setIn.length > mostSetIn ? JSON.stringify(value) : setIn;
  return { text: isSlow(text) ? escapeSlow(text) : text, meant: value, fault: '' };
}

export function JsonField({ id, label, value, rows = 6, isObject = false, onChange }: Props) {
  const now = value ?? {};
  const [{ text, meant, fault }, setWritten] = useState(() => write(now));
  // Changed elsewhere. What cannot be read yet waits until it can: then it is put onto what changed.
  if (fault === '' && !isSame(meant, now)) setWritten(write(now));
  const change = (next: string) => {
    try {
      const parsed: unknown = JSON.parse(next);
      if (isObject && !isRecord(parsed)) throw new Error('It is to be an object: {"name": …}');
      setWritten({ text: next, meant: parsed ?? {}, fault: '' });
      onChange(rebase(meant, parsed, now));
    } catch (error) {
      setWritten({ text: next, meant, fault: (error as Error).message });
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
