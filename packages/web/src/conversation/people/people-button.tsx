/** How many are in a room; opens who they are. */
import { Users } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { app } from '../../state/app-state.ts';
import { listPeople, type Participant, watchPeople } from '../../state/rooms/people.ts';
import { useStore } from '../../state/store.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';

const PeopleDialog = lazy(() => import('./people-dialog.tsx'));

export function PeopleButton({ roomId }: { roomId: string }) {
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const isLoaded = useStore(app, ({ conversations }) => conversations[roomId]?.isLoaded === true);
  const [people, setPeople] = useState<readonly Participant[]>([]);
  const [isOpen, setOpen] = useState(false);
  const look = useCallback(() => {
    listPeople(roomId).then(setPeople, showError);
  }, [roomId]);
  useEffect(() => {
    // Before one has entered a new room there is nobody to ask about.
    if (!isOnline || !isLoaded) return;
    look();
    return watchPeople(roomId, look);
  }, [roomId, isOnline, isLoaded, look]);
  return (
    <>
      <Button look="quiet" aria-label={`People: ${people.length}`} onClick={() => setOpen(true)}>
        <Users size={18} aria-hidden="true" />
        {people.length > 0 && <span aria-hidden="true">{people.length}</span>}
      </Button>
      {isOpen && (
        <Suspense>
          <PeopleDialog roomId={roomId} people={people} onChanged={look} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
