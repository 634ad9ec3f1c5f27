/** Texts by name. A secret's text is written, never read: of one that is stored its box is empty. */
import { maskedSecret } from 'elizad-protocol/secrets';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { isSame } from '../character-draft.ts';
import styles from './fields.module.css';
import { makeRow, type Pairs, type Row, takeIn, toPairs, toRows } from './pair-rows.ts';

type Props = { label: string; value: Pairs; isSecret?: boolean; onChange: (value: Pairs) => void };

/** Its text is not known here: by another name nothing would stand for it. */
const renaming = 'Stored under this name. To rename it, remove it and add it anew.';

export function PairsField({ label, value, isSecret = false, onChange }: Props) {
  const [rows, setRows] = useState(() => toRows(value));
  if (!isSame(toPairs(rows), value)) setRows(takeIn(rows, value));
  const change = (next: Row[]) => {
    setRows(next);
    onChange(toPairs(next));
  };
  const isStored = ({ text }: Row): boolean => isSecret && text === maskedSecret;
  const isTwice = (name: string): boolean => rows.filter((other) => other.name === name).length > 1;
  const twice = [...new Set(rows.map(({ name }) => name).filter(isTwice))];
  return (
    <div className={styles.list}>
      <ul>
        {rows.map((row, index) => (
          <li key={row.id}>
            <input
              value={row.name}
              readOnly={isStored(row)}
              title={isStored(row) ? renaming : undefined}
              aria-label={`${label} ${index + 1}: name`}
              aria-invalid={isTwice(row.name)}
              onChange={({ target }) => change(rows.with(index, { ...row, name: target.value }))}
            />
            <input
              type={isSecret ? 'password' : 'text'}
              autoComplete="off"
              value={isStored(row) ? '' : String(row.text)}
              placeholder={isStored(row) ? 'stored; type to replace it' : undefined}
              aria-label={`${label} ${index + 1}: value`}
              onChange={({ target }) => change(rows.with(index, { ...row, text: target.value }))}
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
        onClick={() => change([...rows, makeRow('', '')])}
      >
        <Plus size={16} aria-hidden="true" />
        Add
      </Button>
    </div>
  );
}
