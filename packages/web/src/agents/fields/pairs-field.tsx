/** Texts by name. A secret's text is written, never read: what stands there is a mask. */
import { Plus, X } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import styles from './fields.module.css';

type Pairs = Readonly<Record<string, unknown>>;
type Props = { label: string; value: Pairs; isSecret?: boolean; onChange: (value: Pairs) => void };

export function PairsField({ label, value, isSecret = false, onChange }: Props) {
  const entries = Object.entries(value);
  const change = (index: number, entry: [string, unknown]) => onChange(Object.fromEntries(entries.with(index, entry)));
  return (
    <div className={styles.list}>
      <ul>
        {entries.map(([name, text], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name is changed while it is written.
          <li key={index}>
            <input
              value={name}
              aria-label={`${label} ${index + 1}: name`}
              onChange={({ target }) => change(index, [target.value, text])}
            />
            <input
              type={isSecret ? 'password' : 'text'}
              autoComplete="off"
              value={String(text)}
              aria-label={`${label} ${index + 1}: value`}
              onChange={({ target }) => change(index, [name, target.value])}
            />
            <Button
              look="quiet"
              aria-label={`Remove ${label} ${index + 1}`}
              onClick={() => onChange(Object.fromEntries(entries.toSpliced(index, 1)))}
            >
              <X size={16} aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
      <Button
        look="quiet"
        aria-label={`Add to ${label}`}
        disabled={'' in value}
        onClick={() => onChange({ ...value, '': '' })}
      >
        <Plus size={16} aria-hidden="true" />
        Add
      </Button>
    </div>
  );
}
