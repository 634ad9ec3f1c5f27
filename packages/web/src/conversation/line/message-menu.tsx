/** What can be done with a message. One menu for all lines: it stands where it was asked for. */
import { Menu } from '@base-ui/react/menu';
import { Copy, Link2, Pencil, RotateCcw, ScanSearch, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { RoomMessage } from '../../state/app-state.ts';
import { findHome } from '../../state/base.ts';
import { beginEdit, remove } from '../../state/messages/conversation.ts';
import { askAgain } from '../../state/messages/outbox.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialogs/dialog.tsx';
import styles from './line.module.css';

type Props = { message: RoomMessage; anchor: HTMLElement; isMine: boolean; onClose: () => void };

export default function MessageMenu({ message, anchor, isMine, onClose }: Props) {
  const [isDeleting, setDeleting] = useState(false);
  // The editor takes the focus; anything else leaves it where the menu was opened.
  const isEditing = useRef(false);
  const [, navigate] = useLocation();
  const { roomId, id, seq, text } = message;
  const copy = (what: string) => navigator.clipboard.writeText(what).catch(showError);
  const startEdit = () => {
    isEditing.current = true;
    beginEdit(message);
  };
  const canEdit = isMine && message.source !== 'agent_action';
  // Browsers have none on pages without TLS.
  const copies = [
    { label: 'Copy', Icon: Copy, run: () => copy(text) },
    { label: 'Copy link', Icon: Link2, run: () => copy(`${findHome()}/rooms/${roomId}?at=${seq}`) },
  ];
  const deeds = [
    ...(navigator.clipboard ? copies : []),
    { label: 'X-ray', Icon: ScanSearch, run: () => navigate(`/rooms/${roomId}/messages/${id}/xray`) },
    ...(isMine ? [{ label: 'Ask again', Icon: RotateCcw, run: () => askAgain(message) }] : []),
    ...(canEdit ? [{ label: 'Edit', Icon: Pencil, run: startEdit }] : []),
  ];
  if (isDeleting) return <DeleteDialog message={message} onClose={onClose} />;
  return (
    <Menu.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="end" sideOffset={4} className={styles.menuPlace}>
          <Menu.Popup
            className={styles.menu}
            aria-label={`Message ${seq}`}
            finalFocus={() => (isEditing.current ? false : anchor)}
          >
            {deeds.map(({ label, Icon, run }) => (
              <Menu.Item
                key={label}
                className={styles.item}
                onClick={() => {
                  run();
                  onClose();
                }}
              >
                <Icon size={16} aria-hidden="true" />
                {label}
              </Menu.Item>
            ))}
            {isMine && (
              <Menu.Item
                className={styles.item}
                data-look="danger"
                closeOnClick={false}
                onClick={() => setDeleting(true)}
              >
                <Trash2 size={16} aria-hidden="true" />
                Delete…
              </Menu.Item>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function DeleteDialog({ message, onClose }: { message: RoomMessage; onClose: () => void }) {
  const drop = () => {
    onClose();
    remove(message).catch(showError);
  };
  return (
    <Dialog title="Delete this message?" isOpen onOpenChange={onClose}>
      <p>It is deleted for everyone in the room, and agents forget it. Answers to it stay.</p>
      <p className={styles.deeds}>
        <Button look="main" onClick={drop}>
          Delete
        </Button>
        <Button look="quiet" onClick={onClose}>
          Keep it
        </Button>
      </p>
    </Dialog>
  );
}
