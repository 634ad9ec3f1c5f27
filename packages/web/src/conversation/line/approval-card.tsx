/** An agent asks before it acts: what, until when, and the two answers; afterwards what was answered. */
import { useState } from 'react';
import type { RoomMessage } from '../../state/app-state.ts';
import { approve } from '../../state/messages/conversation.ts';
import { isRecord } from '../../state/messages/message.ts';
import { showError } from '../../state/toasts.ts';
import { isMoment } from '../../state/values/moment.ts';
import { Button } from '../../ui/button.tsx';
import { Markdown } from '../../ui/markdown/markdown.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './line.module.css';

const answers: Readonly<Record<string, string>> = {
  approved: 'Allowed.',
  denied: 'Not allowed.',
  expired: 'Nobody answered in time.',
  withdrawn: 'Taken back.',
};

type Approval = { state: string; otherwise: string; deadline?: number };

/** What is not said, or in no way that is known, is as it is where nothing was said. */
function readApproval({ metadata }: RoomMessage): Approval {
  const { state = 'open', deadline, otherwise } = isRecord(metadata.approval) ? metadata.approval : {};
  return {
    state: state === 'open' || Object.hasOwn(answers, String(state)) ? String(state) : 'withdrawn',
    otherwise: otherwise === 'approve' ? 'allowed' : 'not allowed',
    ...(isMoment(deadline) && { deadline }),
  };
}

export function ApprovalCard({ message }: { message: RoomMessage }) {
  const { state, deadline, otherwise } = readApproval(message);
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
              until <Time ms={deadline} />, then {otherwise}
            </span>
          )}
        </p>
      ) : (
        <p>{answers[state]}</p>
      )}
    </div>
  );
}
