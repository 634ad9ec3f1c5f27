/** A message of mine in a box, to be changed. Enter keeps it, Escape leaves it as it was. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { RoomMessage } from '../../state/app-state.ts';
import { beginEdit, edit } from '../../state/conversation.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import styles from './line.module.css';

export function MessageEditor({ message }: { message: RoomMessage }) {
  const [text, setText] = useState(message.text);
  const [isSaving, setSaving] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(message.text.length, message.text.length);
  }, [message.text.length]);
  const leave = () => beginEdit(message.roomId, undefined);
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
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      <p className={styles.deeds}>
        <Button look="main" type="submit" disabled={isSaving || text.trim() === ''}>
          Keep
        </Button>
        <Button look="quiet" onClick={leave}>
          Leave as it was
        </Button>
      </p>
    </form>
  );
}
