/** A value as a tree of its fields; lists and objects open and close. Long ones show their first hundred. */
import { useState } from 'react';
import { readName, readWords } from '../../state/values/names.ts';
import styles from './json-tree.module.css';

const mostShown = 100;
/** Of a text, in letters. */
const mostLetters = 10_000;

export function JsonTree({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null) return <JsonLeaf value={value} />;
  const fields = Object.entries(value);
  if (fields.length === 0) return <span className={styles.soft}>{Array.isArray(value) ? '[ ]' : '{ }'}</span>;
  return (
    <ul className={styles.fields}>
      {fields.slice(0, mostShown).map(([name, inner]) => (
        <li key={name}>
          {typeof inner === 'object' && inner !== null ? (
            <Branch name={name} value={inner} />
          ) : (
            <>
              <span className={styles.name}>{readName(name, '')}</span> <JsonLeaf value={inner} />
            </>
          )}
        </li>
      ))}
      {fields.length > mostShown && <li className={styles.soft}>… {fields.length - mostShown} more: copy the JSON</li>}
    </ul>
  );
}

/** Drawn when it is opened: all of a deep value at once is more than a page can hold. */
function Branch({ name, value }: { name: string; value: object }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span className={styles.name}>{readName(name, '')}</span> <span className={styles.soft}>{sizeOf(value)}</span>
      </summary>
      {isOpen && <JsonTree value={value} />}
    </details>
  );
}

function JsonLeaf({ value }: { value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const left = text.length - mostLetters;
  return (
    <span className={styles.value} data-kind={typeof value}>
      {readWords(text.slice(0, mostLetters))}
      {left > 0 && <span className={styles.soft}> … {left} letters more: copy the JSON</span>}
    </span>
  );
}

const sizeOf = (value: object): string =>
  Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`;
