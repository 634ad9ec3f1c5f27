/** A picture of a message: small in its row, large in a dialog. */
import type { Attachment } from 'elizad-client';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { readNumber } from './attachment-kind.ts';
import styles from './attachment-list.module.css';

const Dialog = lazy(() => import('../../ui/dialogs/dialog.tsx').then((module) => ({ default: module.Dialog })));

/** Largest in its row, in px. */
const mostWide = 320;
const mostHigh = 240;

/** As it is drawn; of a picture whose size nobody knows a frame that holds any. */
function findSize(attachment: Attachment): { width: number; height: number } {
  const width = readNumber(attachment, 'width');
  const height = readNumber(attachment, 'height');
  if (!width || !height) return { width: mostWide, height: mostHigh };
  const scale = Math.min(1, mostWide / width, mostHigh / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

type Props = {
  attachment: Attachment;
  small: string;
  address: string;
  title: string;
  /** Where there is no small one: of the whole nobody knows how large it is. */
  otherwise: ReactNode;
};

export function Picture({ attachment, small, address, title, otherwise }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const size = findSize(attachment);
  if (isBroken) return otherwise;
  return (
    <>
      <button
        type="button"
        className={styles.picture}
        style={{ width: `${size.width}px`, height: `${size.height}px` }}
        aria-haspopup="dialog"
        aria-label={`Show ${title} large`}
        onClick={() => setOpen(true)}
      >
        <img src={small} alt={title} {...size} onError={() => setBroken(true)} />
      </button>
      {isOpen && (
        <Suspense>
          <Dialog title={title} size="large" isOpen onOpenChange={setOpen}>
            <img className={styles.large} src={address} alt={title} />
            <a href={address} download={title}>
              Download
            </a>
          </Dialog>
        </Suspense>
      )}
    </>
  );
}
