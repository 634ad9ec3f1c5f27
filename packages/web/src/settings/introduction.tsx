/** Who I am and my key, as the settings and the page of a server with a key ask for it. */
import type { FormEvent } from 'react';
import { readKept } from '../state/kept.ts';
import { introduce, myName } from '../state/session.ts';
import page from '../ui/page.module.css';

/** Of a form with a `name` and a `key`. */
export function introduceBy(event: FormEvent<HTMLFormElement>): void {
  event.preventDefault();
  const form = new FormData(event.currentTarget);
  introduce({ name: String(form.get('name') ?? ''), apiKey: String(form.get('key') ?? '') });
}

/** Without a name others see the one in its place. */
export function NameField() {
  return (
    <label className={page.field}>
      Your name
      <input
        name="name"
        defaultValue={readKept('name') ?? ''}
        placeholder={myName()}
        maxLength={100}
        autoComplete="nickname"
      />
    </label>
  );
}
