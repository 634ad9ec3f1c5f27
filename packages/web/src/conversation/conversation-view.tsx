/** A room that is open: its name, what was said, and where one writes. */
import { ArrowLeft } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Link, useSearch } from 'wouter';
import { app, emptyConversation } from '../state/app-state.ts';
import { openConversation } from '../state/messages/conversation.ts';
import { isDm, nameRoom } from '../state/rooms/room-name.ts';
import { findUnread } from '../state/rooms/rooms.ts';
import { useStore } from '../state/store.ts';
import { showError } from '../state/toasts.ts';
import { isId } from '../state/values/ids.ts';
import { Avatar } from '../ui/avatar.tsx';
import { DropZone } from './attachments/drop-zone.tsx';
import { Composer } from './composer/composer.tsx';
import styles from './conversation.module.css';
import { JumpToDate } from './jump-to-date.tsx';
import { DeletedRoom, LeftRoom, NoRoom } from './no-room.tsx';
import { PeopleButton } from './people/people-button.tsx';
import { Transcript } from './transcript.tsx';

/** Of an address that anybody may have written. */
export default function ConversationView({ roomId }: { roomId: string }) {
  return isId(roomId) ? <OpenRoom roomId={roomId.toLowerCase()} /> : <NoRoom />;
}

function OpenRoom({ roomId }: { roomId: string }) {
  const conversation = useStore(app, ({ conversations }) => conversations[roomId]);
  const room = useStore(app, ({ rooms }) => rooms[roomId]);
  const isDeleted = useStore(app, ({ deletedRooms }) => Object.hasOwn(deletedRooms, roomId));
  const isRemoved = useStore(app, ({ removedRooms }) => Object.hasOwn(removedRooms, roomId));
  const agents = useStore(app, (state) => state.agents);
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const linked = Number(new URLSearchParams(useSearch()).get('at')) || undefined;
  // As it was when the room was opened: the line stays while one reads.
  const [unreadFrom] = useState(() => findUnread(roomId));
  const [jumped, setJumped] = useState<{ seq: number }>();
  const at = useMemo(() => jumped ?? (linked === undefined ? undefined : { seq: linked }), [jumped, linked]);
  useEffect(() => {
    // Again after a lost connection: what was missed beyond the server's replay is filled in.
    if (isOnline && !isDeleted && !isRemoved) openConversation(roomId).catch(showError);
  }, [roomId, isOnline, isDeleted, isRemoved]);
  if (isDeleted) return <DeletedRoom />;
  if (isRemoved) return <LeftRoom roomId={roomId} />;
  const name = room ? nameRoom(room, agents) : 'Room';
  return (
    <section className={styles.view} aria-label={`Conversation ${name}`}>
      <DropZone roomId={roomId}>
        <header className={styles.head}>
          <Link href="/" className={styles.back}>
            <ArrowLeft size={22} aria-label="Back to the rooms" />
          </Link>
          <Avatar name={name} isAgent={room ? isDm(room) : false} />
          <h1>{name}</h1>
          <div className={styles.tools}>
            <PeopleButton roomId={roomId} />
            <JumpToDate roomId={roomId} onFound={(seq) => setJumped({ seq })} />
          </div>
        </header>
        <Transcript roomId={roomId} conversation={conversation ?? emptyConversation} at={at} unreadFrom={unreadFrom} />
        <Composer roomId={roomId} name={name} />
      </DropZone>
    </section>
  );
}
