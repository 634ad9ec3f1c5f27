/** Conversations as they should go: who says what. What else an example has (actions, a thought) stays as it is. */
import { Plus } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import styles from './fields.module.css';

type Line = { name: string; content: { text: string } };
type Props = { label: string; value: readonly (readonly Line[])[]; onChange: (value: Line[][]) => void };

export function ExamplesField({ label, value, onChange }: Props) {
  const all = value.map((lines) => [...lines]);
  const change = (index: number, lines: Line[]) =>
    onChange(lines.length > 0 ? all.with(index, lines) : all.toSpliced(index, 1));
  const next = (lines: readonly Line[]): Line => ({
    name: lines.length % 2 === 0 ? '{{user1}}' : 'Agent',
    content: { text: '' },
  });
  return (
    <div className={styles.list}>
      {all.map((lines, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a conversation has nothing else.
        <fieldset key={index} className={styles.example}>
          <legend>
            {label} {index + 1}
          </legend>
          {lines.map((line, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nor has a line.
            <div key={place} className={styles.line}>
              <input
                value={line.name}
                aria-label={`${label} ${index + 1}, line ${place + 1}: who`}
                onChange={({ target }) => change(index, lines.with(place, { ...line, name: target.value }))}
              />
              <textarea
                rows={1}
                value={line.content.text}
                aria-label={`${label} ${index + 1}, line ${place + 1}: what`}
                onChange={({ target }) =>
                  change(index, lines.with(place, { ...line, content: { ...line.content, text: target.value } }))
                }
              />
            </div>
          ))}
          <p>
            <Button look="quiet" onClick={() => change(index, [...lines, next(lines)])}>
              Add a line
            </Button>
            <Button look="quiet" onClick={() => change(index, lines.slice(0, -1))}>
              Remove the last
            </Button>
          </p>
        </fieldset>
      ))}
      <Button look="quiet" aria-label={`Add a conversation to ${label}`} onClick={() => onChange([...all, [next([])]])}>
        <Plus size={16} aria-hidden="true" />
        Add a conversation
      </Button>
    </div>
  );
}
