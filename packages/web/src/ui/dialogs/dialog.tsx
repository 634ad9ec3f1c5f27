/** A dialog: focus stays in it, Escape and a click beside it close it. The one place that knows the library. */
import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import styles from './dialog.module.css';

type Props = {
  title: string;
  isOpen: boolean;
  size?: 'normal' | 'large';
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
};

export function Dialog({ title, isOpen, size = 'normal', onOpenChange, children }: Props) {
  return (
    <Base.Root open={isOpen} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={styles.popup} data-size={size}>
          <Base.Title>{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
