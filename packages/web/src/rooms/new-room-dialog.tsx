/** The name of a new room, and who is in it. */
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { app } from '../state/app-state.ts';
import { makeRoom } from '../state/messages/conversation.ts';
import { useStore } from '../state/store.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialogs/dialog.tsx';
import page from '../ui/page.module.css';

type Props = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export default function NewRoomDialog({ isOpen, onOpenChange }: Props) {
  const agents = useStore(app, (state) => state.agents);
  const [isMaking, setMaking] = useState(false);
  const [, navigate] = useLocation();
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setMaking(true);
    try {
      const roomId = await makeRoom(String(form.get('name')), form.getAll('agent').map(String));
      onOpenChange(false);
      navigate(`/rooms/${roomId}`);
    } catch (error) {
      showError(error);
    } finally {
      setMaking(false);
    }
  };
  return (
    <Dialog title="New room" isOpen={isOpen} onOpenChange={onOpenChange}>
      <form className={page.stack} onSubmit={make}>
        <label className={page.field}>
          Name
          <input name="name" required maxLength={100} autoComplete="off" />
        </label>
        <fieldset className={page.choices}>
          <legend>Agents in it</legend>
          {agents.map(({ id, name, model }) => (
            <label key={id} className={page.row}>
              <input type="checkbox" name="agent" value={id} defaultChecked={agents.length === 1} />
              {name} {model && <span className={page.note}>{model}</span>}
            </label>
          ))}
        </fieldset>
        <div className={page.row}>
          <Button look="main" type="submit" disabled={isMaking}>
            Create the room
          </Button>
          <Button look="quiet" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
