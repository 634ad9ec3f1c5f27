/** The rooms, the latest word first. */
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { type Agent, app, type Room, type RoomMessage } from '../state/app-state.ts';
import { isDm, nameRoom } from '../state/rooms/room-name.ts';
import { countUnread, sortRooms } from '../state/rooms/rooms.ts';
import { useStore } from '../state/store.ts';
import { Avatar } from '../ui/avatar.tsx';
import styles from '../ui/list.module.css';
import { withoutMarks } from '../ui/markdown/without-marks.ts';
import { Time } from '../ui/time.tsx';
import { FirstSteps } from './first-steps.tsx';
import { NewRoom } from './new-room.tsx';

/** Beyond so many they can be sought. */
const manyRooms = 8;
/** Anybody may put me into rooms: of very many the latest are drawn, and the others found by their name. */
const mostShown = 300;

function sayLast({ senderId, senderName, text, attachments }: RoomMessage, entityId: string | undefined): string {
  const plain = withoutMarks(text);
  const said = plain === '' && attachments.length > 0 ? 'sent a file' : plain;
  return `${senderId === entityId ? 'You' : senderName}: ${said}`;
}

export default function RoomsList({ roomId }: { roomId?: string }) {
  const rooms = useStore(app, (state) => state.rooms);
  const agents = useStore(app, (state) => state.agents);
  const isLoaded = useStore(app, (state) => state.areRoomsLoaded);
  const [sought, setSought] = useState('');
  const sorted = useMemo(() => sortRooms(rooms), [rooms]);
  const found = sorted.filter((room) => nameRoom(room, agents).toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <nav aria-label="Rooms">
      <header className={styles.head}>
        <h2>Rooms</h2>
        <NewRoom />
      </header>
      {isLoaded && sorted.length === 0 && (
        <div className={styles.empty}>
          <p>No rooms yet.</p>
          <div className={styles.onlyPhone}>
            <FirstSteps />
          </div>
        </div>
      )}
      {sorted.length > manyRooms && (
        <input
          className={styles.search}
          type="search"
          aria-label="Find a room"
          placeholder="Find a room"
          value={sought}
          onChange={({ target }) => setSought(target.value)}
        />
      )}
      <ul className={styles.items}>
        {found.slice(0, mostShown).map((room) => (
          <li key={room.id}>
            <RoomItem room={room} agents={agents} isCurrent={room.id === roomId} />
          </li>
        ))}
      </ul>
      {found.length > mostShown && (
        <p className={styles.empty}>… and {found.length - mostShown} more: find them by their name.</p>
      )}
    </nav>
  );
}

function RoomItem({ room, agents, isCurrent }: { room: Room; agents: readonly Agent[]; isCurrent: boolean }) {
  const { last } = room;
  const entityId = useStore(app, (state) => state.entityId);
  const name = nameRoom(room, agents);
  const unread = isCurrent ? 0 : countUnread(room);
  return (
    <Link href={`/rooms/${room.id}`} className={styles.item} aria-current={isCurrent ? 'page' : undefined}>
      <Avatar name={name} isAgent={isDm(room)} />
      <span>
        <span className={styles.name}>{name}</span>
        <span className={styles.under}>{last ? sayLast(last, entityId) : 'Nothing was said yet'}</span>
      </span>
      <span className={styles.aside}>
        {last && <Time ms={last.createdAt} />}
        {unread > 0 && (
          <span className={styles.badge}>
            {unread}
            <span className="visually-hidden"> unread</span>
          </span>
        )}
      </span>
    </Link>
  );
}
