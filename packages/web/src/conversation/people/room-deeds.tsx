/** The room as a whole: its name, leaving it, deleting it. */
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { app } from '../../state/app-state.ts';
import { deleteRoom, leaveRoom, type Participant, renameRoom } from '../../state/rooms/people.ts';
import { isDm } from '../../state/rooms/room-name.ts';
import { useStore } from '../../state/store.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import page from '../../ui/page.module.css';

type Props = { roomId: string; people: readonly Participant[]; onClose: () => void };

export function RoomDeeds({ roomId, people, onClose }: Props) {
  const room = useStore(app, ({ rooms }) => rooms[roomId]);
  const [, navigate] = useLocation();
  const [isDeleting, setDeleting] = useState(false);
  if (!room) return null;
  const rename = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    if (name !== '') renameRoom(roomId, name).then(onClose, showError);
  };
  const go = (deed: Promise<void>) => {
    deed.then(() => {
      onClose();
      navigate('/');
    }, showError);
  };
  return (
    <>
      {!isDm(room) && (
        <form className={page.row} onSubmit={rename}>
          <label className={page.field}>
            Name of the room
            <input name="name" defaultValue={room.name} maxLength={100} required autoComplete="off" />
          </label>
          <Button type="submit">Rename</Button>
        </form>
      )}
      {isDeleting ? (
        <section aria-label="Delete the room?">
          <p>It is deleted for everyone, with all its messages.</p>
          <p className={page.row}>
            <Button look="main" onClick={() => go(deleteRoom(roomId))}>
              Delete it
            </Button>
            <Button look="quiet" onClick={() => setDeleting(false)}>
              Keep it
            </Button>
          </p>
        </section>
      ) : (
        <p className={page.row}>
          <Button onClick={() => go(leaveRoom(roomId, people))}>Leave</Button>
          <Button onClick={() => setDeleting(true)}>Delete the room…</Button>
        </p>
      )}
    </>
  );
}
