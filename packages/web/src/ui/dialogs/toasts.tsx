/** Errors that belong to no place on the page; they stay until they are put away, since a hint takes its time to read. */
import { X } from 'lucide-react';
import { app } from '../../state/app-state.ts';
import { useStore } from '../../state/store.ts';
import { dismissToast } from '../../state/toasts.ts';
import { Button } from '../button.tsx';
import styles from './toasts.module.css';

export function Toasts() {
  const toasts = useStore(app, (state) => state.toasts);
  return (
    <div className={styles.toasts} role="alert">
      {toasts.map(({ id, text, hint }) => (
        <div key={id} className={styles.toast}>
          <div>
            <p>{text}</p>
            {hint && <p className={styles.hint}>{hint}</p>}
          </div>
          <Button look="quiet" aria-label="Dismiss" onClick={() => dismissToast(id)}>
            <X size={16} aria-hidden="true" />
          </Button>
        </div>
      ))}
    </div>
  );
}
