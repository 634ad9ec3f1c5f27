/** The whole character: its fields in groups, or all of it as JSON. */
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import page from '../ui/page.module.css';
import styles from './agents.module.css';
import type { Fault } from './character-check.ts';
import { type Draft, readPath, writePath } from './character-draft.ts';
import { groups } from './character-fields.ts';
import { FieldEditor } from './fields/field-editor.tsx';
import fields from './fields/fields.module.css';
import { JsonField } from './fields/json-field.tsx';

type Props = {
  draft: Draft;
  faults: readonly Fault[];
  isChanged: boolean;
  isSaving: boolean;
  onChange: (draft: Draft) => void;
  onSave: () => void;
  onDiscard: () => void;
};

const isAt = (fault: Fault, path: string): boolean => fault.path === path || fault.path.startsWith(`${path}.`);

export function CharacterForm({ draft, faults, isChanged, isSaving, onChange, onSave, onDiscard }: Props) {
  const [isJson, setJson] = useState(false);
  const paths = groups.flatMap((group) => group.fields.map(({ path }) => path));
  const elsewhere = faults.filter((fault) => isJson || !paths.some((path) => isAt(fault, path)));
  return (
    <form
      className={styles.form}
      aria-label="Character"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <div className={styles.bar}>
        <Button look="main" type="submit" disabled={!isChanged || isSaving}>
          Save
        </Button>
        <Button look="quiet" disabled={!isChanged || isSaving} onClick={onDiscard}>
          Discard
        </Button>
        <span role="status" className={page.note}>
          {isChanged ? 'Not saved yet; kept in this browser.' : ''}
        </span>
        <Button aria-pressed={isJson} onClick={() => setJson(!isJson)}>
          {isJson ? 'As a form' : 'As JSON'}
        </Button>
      </div>
      {elsewhere.map(({ path, message }) => (
        <p key={path + message} role="alert" className={fields.fault}>
          {path && <code>{path}</code>} {message}
        </p>
      ))}
      {isJson ? (
        <div className={fields.field}>
          <JsonField
            id="character"
            label="Character as JSON"
            value={draft}
            rows={24}
            isObject
            onChange={(value) => onChange(value as Draft)}
          />
        </div>
      ) : (
        groups.map(({ title, fields: list }) => (
          <section key={title} className={styles.group}>
            <h2>{title}</h2>
            {list.map((field) => (
              <FieldEditor
                key={field.path}
                field={field}
                value={readPath(draft, field.path)}
                faults={faults.filter((fault) => isAt(fault, field.path)).map(({ message }) => message)}
                onChange={(value) => onChange(writePath(draft, field.path, value))}
              />
            ))}
          </section>
        ))
      )}
    </form>
  );
}
