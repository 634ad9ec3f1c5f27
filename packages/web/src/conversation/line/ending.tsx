/** Why there is no answer, what to do, and the way to ask again. */
import { RotateCcw } from 'lucide-react';
import { Link } from 'wouter';
import type { RoomMessage, Unanswered } from '../../state/app-state.ts';
import { askAgain } from '../../state/messages/outbox.ts';
import { Button } from '../../ui/button.tsx';
import styles from './line.module.css';

const endings: Readonly<Record<string, string>> = {
  'no-agent': 'No agent is in this room to answer.',
  failed: 'No answer: the turn failed.',
  cancelled: 'The answer was stopped.',
  'timed-out': 'No answer: it took too long.',
  superseded: 'A later message replaced it.',
};

export function Ending({ message, unanswered }: { message: RoomMessage; unanswered: Unanswered }) {
  const { outcome, code, hint } = unanswered;
  return (
    <div className={styles.note}>
      <p>
        {endings[outcome] ?? outcome} {code && <code>{code}</code>}
      </p>
      {hint && <p>{hint}</p>}
      <p className={styles.deeds}>
        <Button onClick={() => askAgain(message)}>
          <RotateCcw size={14} aria-hidden="true" />
          Ask again
        </Button>
        <Link href={`/rooms/${message.roomId}/messages/${message.id}/xray`}>What happened</Link>
      </p>
    </div>
  );
}
