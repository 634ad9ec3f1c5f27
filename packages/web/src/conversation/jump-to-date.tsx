/** To what was said on a day, however long ago. */
import { CalendarDays } from 'lucide-react';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { findSeqAt } from '../state/messages/history-pages.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import page from '../ui/page.module.css';

const Dialog = lazy(() => import('../ui/dialogs/dialog.tsx').then((module) => ({ default: module.Dialog })));

type Props = { roomId: string; onFound: (seq: number) => void };

export function JumpToDate({ roomId, onFound }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const go = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const day = String(new FormData(event.currentTarget).get('day'));
    // Midnight here, not in Greenwich.
    const seq = await findSeqAt(roomId, new Date(`${day}T00:00`).getTime()).catch(showError);
    setMissing(!seq);
    if (!seq) return;
    setOpen(false);
    onFound(seq);
  };
  return (
    <>
      <Button look="quiet" aria-label="Jump to a date" onClick={() => setOpen(true)}>
        <CalendarDays size={18} aria-hidden="true" />
      </Button>
      {isOpen && (
        <Suspense>
          <Dialog title="Jump to a date" isOpen onOpenChange={setOpen}>
            <form className={page.stack} onSubmit={go}>
              <label className={page.field}>
                Day
                <input name="day" type="date" required max={new Date().toLocaleDateString('sv')} />
              </label>
              <p role="status">{isMissing ? 'Nothing was said on that day or after it.' : ''}</p>
              <Button look="main" type="submit">
                Jump
              </Button>
            </form>
          </Dialog>
        </Suspense>
      )}
    </>
  );
}
