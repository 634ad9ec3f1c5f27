/** Who is in a room: inviting, dismissing, and what is done with the room as a whole. */
import { Link2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { app } from '../../state/app-state.ts';
import { findHome } from '../../state/base.ts';
import { addAgent, dismiss, type Participant } from '../../state/rooms/people.ts';
import { useStore } from '../../state/store.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialogs/dialog.tsx';
import page from '../../ui/page.module.css';
import styles from './people.module.css';
import { Person } from './person.tsx';
import { RoomDeeds } from './room-deeds.tsx';

type Props = { roomId: string; people: readonly Participant[]; onChanged: () => void; onClose: () => void };

export default function PeopleDialog({ roomId, people, onChanged, onClose }: Props) {
  const agents = useStore(app, (state) => state.agents);
  const [isCopied, setCopied] = useState(false);
  const there = new Set(people.map(({ id }) => id));
  const others = agents.filter(({ id, status }) => !there.has(id) && status === 'active');
  const link = `${findHome()}/rooms/${roomId}`;
  const run = (deed: Promise<void>) => deed.then(onChanged, showError);
  const copy = () => navigator.clipboard.writeText(link).then(() => setCopied(true), showError);
  return (
    <Dialog title="People" isOpen onOpenChange={onClose}>
      <ul className={styles.people} aria-label="In this room">
        {people.map((person) => (
          <Person key={person.id} person={person} onDismiss={() => run(dismiss(roomId, person, people))} />
        ))}
      </ul>
      {others.length > 0 && (
        <section className={page.row} aria-label="Agents that may come">
          {others.map(({ id, name }) => (
            <Button key={id} onClick={() => run(addAgent(roomId, id))}>
              <UserPlus size={16} aria-hidden="true" />
              Add {name}
            </Button>
          ))}
        </section>
      )}
      <section className={styles.invite} aria-label="Invite people">
        <p className={page.note}>Anyone who opens this link joins the room:</p>
        <p className={styles.link}>
          <code>{link}</code>
          {navigator.clipboard && (
            <Button onClick={copy}>
              <Link2 size={16} aria-hidden="true" />
              {isCopied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </p>
      </section>
      <RoomDeeds roomId={roomId} people={people} onClose={onClose} />
    </Dialog>
  );
}
