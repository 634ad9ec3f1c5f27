/** An agent asks before it acts: what, until when, and the two answers; afterwards what was answered. */
import { useState } from 'react';
import type { RoomMessage } from '../../state/app-state.ts';
import { approve } from '../../state/conversation.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Markdown } from '../../ui/markdown/markdown.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './line.module.css';

type Approval = { action?: string; deadline?: number; otherwise?: 'approve' | 'deny'; state?: string };

const answers: Readonly<Record<string, string>> = {
  approved: 'Allowed.',
  denied: 'Not allowed.',
  expired: 'Nobody answered in time.',
  withdrawn: 'Taken back.',
};

export function ApprovalCard({ message }: { message: RoomMessage }) {
  const { state = 'open', deadline, otherwise } = (message.metadata.approval ?? {}) as Approval;
  const [isAnswering, setAnswering] = useState(false);
  const answer = async (isApproved: boolean) => {
    setAnswering(true);
    await approve(message, isApproved).catch(showError);
    setAnswering(false);
  };
  return (
    <div className={styles.card} data-state={state}>
      <Markdown text={message.text} />
      {state === 'open' ? (
        <p className={styles.deeds}>
          <Button look="main" disabled={isAnswering} onClick={() => answer(true)}>
            Allow
          </Button>
          <Button disabled={isAnswering} onClick={() => answer(false)}>
            Do not allow
          </Button>
          {deadline !== undefined && (
            <span className={styles.meta}>
              until <Time ms={deadline} />, then {otherwise === 'approve' ? 'allowed' : 'not allowed'}
            </span>
          )}
        </p>
      ) : (
        <p>{answers[state] ?? state}</p>
      )}
    </div>
  );
}
