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
    <p>The address contains no room.</p>
    <p>{toRooms}</p>
  </Instead>
);

export const DeletedRoom = () => (
  <Instead title="This room was deleted">
    <p>Someone deleted it, with all its messages.</p>
    <p>{toRooms}</p>
  </Instead>
);

export function LeftRoom({ roomId }: { roomId: string }) {
  const enter = () => openConversation(roomId).then(sendKept).catch(showError);
  return (
    <Instead title="You are no longer in this room">
      <p>Someone removed you from it, or you left it in another window. You do not receive its messages.</p>
      <p className={styles.ways}>
        <Button onClick={enter}>Join again</Button>
        {toRooms}
      </p>
    </Instead>
  );
}
