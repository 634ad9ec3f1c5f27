/** Where one writes. Enter says it, Shift and Enter begin a line; what is written stays with its room until it is said. */
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef } from 'react';
import { app } from '../../state/app-state.ts';
import { editLast, stopAnswer } from '../../state/messages/conversation.ts';
import type { Hold } from '../../state/messages/drafts.ts';
import { addFiles } from '../../state/messages/uploads.ts';
import { tellIdle, tellTyping } from '../../state/rooms/presence.ts';
import { useStore } from '../../state/store.ts';
import { UploadList } from '../attachments/upload-list.tsx';
import { AttachButton } from './attach-button.tsx';
import styles from './composer.module.css';
import { MentionList, mentionId, mentionListId } from './mention-list.tsx';
import { SendButton } from './send-button.tsx';
import { TypingLine } from './typing-line.tsx';
import { useDraft } from './use-draft.ts';
import { useMentions } from './use-mentions.ts';

const holds: Readonly<Record<Hold, string>> = {
  uploading: 'It is sent once its files are uploaded.',
  faulty: 'Not sent yet: upload the file again, or remove it.',
};

export function Composer({ roomId, name }: { roomId: string; name: string }) {
  const { text, change, files, submit, isEmpty, lettersLeft, hold } = useDraft(roomId);
  const isAnswering = useStore(app, ({ conversations }) => (conversations[roomId]?.waiting.length ?? 0) > 0);
  const box = useRef<HTMLTextAreaElement>(null);
  const mentions = useMentions({ roomId, text, change, box });
  const { options, active, setCaret } = mentions;
  useEffect(() => tellIdle, []);
  const isEditing = useStore(app, ({ conversations }) => conversations[roomId]?.editing !== undefined);
  // The box of the edit is gone, and the focus with it.
  useEffect(() => {
    if (!isEditing) return undefined;
    return () =>
      void requestAnimationFrame(() => {
        if (document.activeElement === document.body) box.current?.focus();
      });
  }, [isEditing]);
  const send = () => {
    submit();
    tellIdle();
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, shiftKey, nativeEvent } = event;
    // While a word is being composed, Enter chooses it.
    const isSend = key === 'Enter' && !shiftKey && !nativeEvent.isComposing;
    const isEdit = key === 'ArrowUp' && isEmpty;
    if (!mentions.takeKey(event)) {
      if (key === 'Escape' && isAnswering) return stopAnswer(roomId);
      if (!isSend && !isEdit) return;
      if (isSend) send();
      else editLast(roomId);
    }
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    const { files: pasted, types } = event.clipboardData;
    // Office programs put a picture of a text beside it.
    if (pasted.length === 0 || types.includes('text/plain')) return;
    event.preventDefault();
    addFiles(roomId, [...pasted]);
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TypingLine roomId={roomId} />
      <div className={styles.box}>
        <MentionList {...mentions} />
        <UploadList roomId={roomId} uploads={files} />
        <AttachButton roomId={roomId} />
        <textarea
          ref={box}
          rows={1}
          value={text}
          aria-label={`Message to ${name}`}
          placeholder={`Message to ${name}`}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={options.length > 0 ? mentionListId : undefined}
          aria-activedescendant={options.length > 0 ? mentionId(active) : undefined}
          onChange={({ target }) => {
            change(target.value);
            setCaret(target.selectionStart);
            if (target.value.trim() === '') tellIdle();
            else tellTyping(roomId);
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <SendButton roomId={roomId} isEmpty={isEmpty} isTooLong={lettersLeft < 0} isAnswering={isAnswering} />
      </div>
      <p className={styles.hold} role="status">
        {hold ? holds[hold] : describeLength(lettersLeft)}
      </p>
    </form>
  );
}

/** Said near the end only. */
const nearLetters = 500;
const counted = new Intl.NumberFormat();

function describeLength(left: number): string {
  if (left > nearLetters) return '';
  if (left >= 0) return `${counted.format(left)} characters left.`;
  return `${counted.format(-left)} characters too many: shorten the message, or send it in parts.`;
}
