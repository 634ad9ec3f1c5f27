/** What stands in place of a conversation that one cannot have: why, and where to go from there. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { openConversation } from '../state/messages/conversation.ts';
import { sendKept } from '../state/messages/outbox.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import styles from './conversation.module.css';

function Instead({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.gone} aria-label={title}>
      <h1>{title}</h1>
      {children}
    </section>
  );
}

const toRooms = <Link href="/">To the rooms</Link>;

export const NoRoom = () => (
  <Instead title="There is no such room">
    <p>The address names none.</p>
    <p>{toRooms}</p>
  </Instead>
);

export const DeletedRoom = () => (
  <Instead title="This room was deleted">
    <p>Somebody deleted it, with everything that was said in it.</p>
    <p>{toRooms}</p>
  </Instead>
);

export function LeftRoom({ roomId }: { roomId: string }) {
  const enter = () => openConversation(roomId).then(sendKept).catch(showError);
  return (
    <Instead title="You are no longer in this room">
      <p>Somebody took you out of it, or you left it in another window. What is said there does not reach you.</p>
      <p className={styles.ways}>
        <Button onClick={enter}>Go in again</Button>
        {toRooms}
      </p>
    </Instead>
  );
}
