/** The editor of one field, by its kind. */
import type { ReactNode } from 'react';
import { isSlow } from '../../state/values/slow-text.ts';
import type { Field } from '../character-fields.ts';
import { ExamplesField } from './examples-field.tsx';
import styles from './fields.module.css';
import { JsonField } from './json-field.tsx';
import { LinesField } from './lines-field.tsx';
import { PairsField } from './pairs-field.tsx';

type Props = { field: Field; value: unknown; faults: readonly string[]; onChange: (value: unknown) => void };

const toLines = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]).map((one: unknown) =>
    typeof one === 'string' ? one : JSON.stringify(one),
  );

/** A file is an object; anything else is a fact. */
function readKnowledge(line: string): unknown {
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}

/** Of these the label belongs to one box; of the others, to all of theirs. */
const kindsOfOneBox: readonly Field['kind'][] = ['text', 'long', 'settings'];

export function FieldEditor({ field, value, faults, onChange }: Props) {
  const { path, label, about, kind } = field;
  const id = `field-${path}`;
  const isOneBox = kindsOfOneBox.includes(kind);
  const Whole = isOneBox ? 'div' : 'fieldset';
  return (
    <Whole className={styles.field} data-faulty={faults.length > 0}>
      {isOneBox ? <label htmlFor={id}>{label}</label> : <legend>{label}</legend>}
      <span className={styles.about}>{about}</span>
      {draw(field, id, value, onChange)}
      {faults.map((fault) => (
        <span key={fault} className={styles.fault} role="alert">
          {fault}
        </span>
      ))}
    </Whole>
  );
}

type Line = { name: string; content: { text: string } };
const isLine = (value: Partial<Line> | null): boolean =>
  typeof value?.name === 'string' && typeof value.content?.text === 'string';
const isExample = (value: unknown): boolean => Array.isArray(value) && value.every(isLine);

/** More boxes take a browser seconds; there are characters that were made to have them. */
const mostBoxes = 500;

function countBoxes(value: object): number {
  if (!Array.isArray(value)) return Object.keys(value).length;
  return value.reduce((sum: number, one: unknown) => sum + (Array.isArray(one) ? one.length : 1), 0);
}

/** What the editor of a kind can draw; written as JSON, a field may be anything. */
function fits(kind: Field['kind'], value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (kind !== 'settings' && typeof value === 'object' && countBoxes(value) > mostBoxes) return false;
  if (isSlow(typeof value === 'string' ? value : JSON.stringify(value))) return false;
  if (kind === 'text' || kind === 'long') return typeof value === 'string';
  if (kind === 'examples') return Array.isArray(value) && value.every(isExample);
  if (kind === 'pairs' || kind === 'secrets') return typeof value === 'object' && !Array.isArray(value);
  return true;
}

function draw({ kind, label }: Field, id: string, value: unknown, onChange: Props['onChange']): ReactNode {
  if (!fits(kind, value)) return <JsonField id={id} label={label} value={value} onChange={onChange} />;
  switch (kind) {
    case 'text':
      return <input id={id} value={String(value ?? '')} onChange={({ target }) => onChange(target.value)} />;
    case 'long':
      return (
        <textarea id={id} rows={4} value={String(value ?? '')} onChange={({ target }) => onChange(target.value)} />
      );
    case 'lines':
      return <LinesField label={label} value={toLines(value)} onChange={onChange} />;
    case 'knowledge':
      return (
        <LinesField label={label} value={toLines(value)} onChange={(lines) => onChange(lines.map(readKnowledge))} />
      );
    case 'examples':
      return <ExamplesField label={label} value={(value ?? []) as never} onChange={onChange} />;
    case 'pairs':
      return <PairsField label={label} value={(value ?? {}) as Record<string, unknown>} onChange={onChange} />;
    case 'secrets':
      return <PairsField label={label} value={(value ?? {}) as Record<string, unknown>} isSecret onChange={onChange} />;
    case 'settings':
      return <JsonField id={id} label={label} value={value} onChange={onChange} />;
  }
}
