/** Texts by name. A secret's text is written, never read: of one that is stored its box is empty. */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { isSame, maskedSecret } from '../character-draft.ts';
import styles from './fields.module.css';

type Pairs = Readonly<Record<string, unknown>>;
type Props = { label: string; value: Pairs; isSecret?: boolean; onChange: (value: Pairs) => void };

export function PairsField({ label, value, isSecret = false, onChange }: Props) {
  // Rows of their own: a name may be another's for a moment, on the way to what it will be.
  const [rows, setRows] = useState(() => Object.entries(value));
  if (!isSame(Object.fromEntries(rows), value)) setRows(Object.entries(value));
  const change = (next: [string, unknown][]) => {
    setRows(next);
    onChange(Object.fromEntries(next));
  };
  const isTwice = (name: string): boolean => rows.filter(([other]) => other === name).length > 1;
  const twice = [...new Set(rows.map(([name]) => name).filter(isTwice))];
  return (
    <div className={styles.list}>
      <ul>
        {rows.map(([name, text], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name is changed while it is written.
          <li key={index}>
            <input
              value={name}
              aria-label={`${label} ${index + 1}: name`}
              aria-invalid={isTwice(name)}
              onChange={({ target }) => change(rows.with(index, [target.value, text]))}
            />
            <input
              type={isSecret ? 'password' : 'text'}
              autoComplete="off"
              value={isSecret && text === maskedSecret ? '' : String(text)}
              placeholder={isSecret && text === maskedSecret ? 'stored; write to replace it' : undefined}
              aria-label={`${label} ${index + 1}: value`}
              onChange={({ target }) => change(rows.with(index, [name, target.value]))}
            />
            <Button
              look="quiet"
              aria-label={`Remove ${label} ${index + 1}`}
              onClick={() => change(rows.toSpliced(index, 1))}
            >
              <X size={16} aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
      {twice.map((name) => (
        <span key={name} className={styles.fault} role="alert">
          {name} is there twice: only the last one counts.
        </span>
      ))}
      <Button
        look="quiet"
        aria-label={`Add to ${label}`}
        disabled={'' in value}
        onClick={() => change([...rows, ['', '']])}
      >
        <Plus size={16} aria-hidden="true" />
        Add
      </Button>
    </div>
  );
}
