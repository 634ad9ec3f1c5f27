/** Asks before something that cannot be undone. */
import { lazy, type ReactNode, Suspense } from 'react';
import { Button } from '../button.tsx';
import page from '../page.module.css';

const Dialog = lazy(() => import('./dialog.tsx').then((module) => ({ default: module.Dialog })));

type Props = { title: string; deed: string; onConfirm: () => void; onClose: () => void; children: ReactNode };

export function Confirm({ title, deed, onConfirm, onClose, children }: Props) {
  return (
    <Suspense>
      <Dialog title={title} isOpen onOpenChange={onClose}>
        <p>{children}</p>
        <p className={page.row}>
          <Button
            look="main"
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {deed}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Keep it
          </Button>
        </p>
      </Dialog>
    </Suspense>
  );
}
