/** Who writes in a room just now. */
import { useMemo } from 'react';
import { app, type RoomMessage } from '../../state/app-state.ts';
import { nobody, type Person, presence } from '../../state/rooms/presence.ts';
import { useStore } from '../../state/store.ts';
import styles from './composer.module.css';

export function TypingLine({ roomId }: { roomId: string }) {
  const ids = useStore(presence, ({ typing }) => typing[roomId]) ?? nobody;
  const people = useStore(presence, (state) => state.people[roomId]) ?? nobody;
  const messages = useStore(app, ({ conversations }) => conversations[roomId]?.messages) ?? nobody;
  const names = useMemo(() => ids.map((id) => findName(id, people, messages)), [ids, people, messages]);
  return <p className={styles.typing}>{describe(names)}</p>;
}

const findName = (who: string, people: readonly Person[], messages: readonly RoomMessage[]): string =>
  people.find(({ id }) => id === who)?.name ??
  messages.findLast(({ senderId }) => senderId === who)?.senderName ??
  'Somebody';

function describe([first, second, ...others]: readonly string[]): string {
  if (!first) return '';
  if (!second) return `${first} is typing…`;
  if (others.length === 0) return `${first} and ${second} are typing…`;
  return `${first}, ${second} and ${others.length} more are typing…`;
}
