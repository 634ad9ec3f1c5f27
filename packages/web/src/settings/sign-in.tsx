/** The whole page of a server that asks for a key and has not been given the right one. */
import { KeyRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { app } from '../state/app-state.ts';
import { readKept } from '../state/kept.ts';
import { useStore } from '../state/store.ts';
import { Button } from '../ui/button.tsx';
import page from '../ui/page.module.css';
import { introduceBy, NameField } from './introduction.tsx';
import styles from './sign-in.module.css';

export default function SignIn() {
  const refusal = useStore(app, (state) => state.refusal);
  const isTrying = useStore(app, ({ connection }) => connection === 'connecting');
  const box = useRef<HTMLInputElement>(null);
  const wasTried = readKept('key') !== undefined;
  useEffect(() => {
    if (!isTrying) box.current?.focus();
  }, [isTrying]);
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={introduceBy}>
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>This server requires a key</h1>
        <p className={page.note}>
          It is the value of <code>ELIZAD_API_KEY</code> on the server. It stays in this browser and is sent only to
          this server.
        </p>
        <label className={page.field}>
          Key of the server
          <input ref={box} name="key" type="password" required autoComplete="current-password" />
        </label>
        <NameField />
        <p role="alert" className={styles.refusal}>
          {wasTried && refusal && !isTrying ? `The key was not accepted. ${refusal.text} ${refusal.hint ?? ''}` : ''}
        </p>
        <Button look="main" type="submit" disabled={isTrying}>
          <KeyRound size={16} aria-hidden="true" />
          {isTrying ? 'Connecting…' : 'Connect'}
        </Button>
      </form>
    </main>
  );
}
