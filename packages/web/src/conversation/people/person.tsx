/** One who is in a room: who, whether there, and the way out of it. */
import { UserMinus } from 'lucide-react';
import { app } from '../../state/app-state.ts';
import type { Participant } from '../../state/rooms/people.ts';
import { useStore } from '../../state/store.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { TalkButton } from '../../ui/talk-button.tsx';
import styles from './people.module.css';

export function Person({ person, onDismiss }: { person: Participant; onDismiss: () => void }) {
  const { id, name, isAgent, isOnline } = person;
  const isMe = useStore(app, ({ entityId }) => entityId === id);
  const model = useStore(app, ({ agents }) => agents.find((agent) => agent.id === id)?.model);
  const state = isAgent ? (isOnline ? (model ?? 'at work') : 'stopped') : isOnline ? 'here' : 'away';
  return (
    <li className={styles.person}>
      <Avatar name={name} isAgent={isAgent} />
      <span>
        <span className={styles.name}>{isMe ? `${name} (you)` : name}</span>
        <span className={styles.state} data-online={isOnline}>
          {state}
        </span>
      </span>
      {isAgent && isOnline && <TalkButton agentId={id} label="Talk" look="plain" />}
      {!isMe && (
        <Button look="quiet" aria-label={`Remove ${name} from the room`} onClick={onDismiss}>
          <UserMinus size={16} aria-hidden="true" />
        </Button>
      )}
    </li>
  );
}
