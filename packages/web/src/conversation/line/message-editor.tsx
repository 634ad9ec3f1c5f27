/**
 * A message of mine in a box, to be changed. Enter keeps it, Escape leaves it as it was. What it shall say is kept with the
 * conversation: a row that is out of sight is not drawn.
 */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { RoomMessage } from '../../state/app-state.ts';
import { changeEdit, edit, endEdit } from '../../state/messages/conversation.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import styles from './line.module.css';

export function MessageEditor({ message, text }: { message: RoomMessage; text: string }) {
  const [isSaving, setSaving] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it begins, not when it is scrolled back to.
  useEffect(() => {
    if (text !== message.text) return;
    box.current?.focus();
    box.current?.setSelectionRange(text.length, text.length);
  }, []);
  const leave = () => endEdit(message.roomId);
  const save = async () => {
    if (text.trim() === '' || text === message.text) return leave();
    setSaving(true);
    await edit(message, text).catch(showError);
    setSaving(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void save();
  };
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={box}
        aria-label="Your message"
        value={text}
        onChange={({ target }) => changeEdit(message.roomId, target.value)}
        onKeyDown={onKeyDown}
      />
      <p className={styles.deeds}>
        <Button look="main" type="submit" disabled={isSaving || text.trim() === ''}>
          Keep
        </Button>
        <Button look="quiet" onClick={leave}>
          Discard changes
        </Button>
      </p>
    </form>
  );
}
