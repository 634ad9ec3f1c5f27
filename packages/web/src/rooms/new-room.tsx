/** Makes a group with agents in it; what a dialog needs is loaded when it is first opened. */
import { Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../ui/button.tsx';

const NewRoomDialog = lazy(() => import('./new-room-dialog.tsx'));

export function NewRoom() {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setOpened] = useState(false);
  const open = () => {
    setOpened(true);
    setOpen(true);
  };
  return (
    <>
      <Button onClick={open}>
        <Plus size={16} aria-hidden="true" />
        New room
      </Button>
      {wasOpened && (
        <Suspense>
          <NewRoomDialog isOpen={isOpen} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}
