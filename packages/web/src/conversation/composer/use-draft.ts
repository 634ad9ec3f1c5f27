/** What is being written to a room: its text and its files, kept until they are said. */
import { useEffect, useState } from 'react';
import { app } from '../../state/app-state.ts';
import { say } from '../../state/conversation.ts';
import { keep, readKept } from '../../state/kept.ts';
import { useStore } from '../../state/store.ts';
import { noUploads, openUploads, takeAttachments, uploads } from '../../state/uploads.ts';

/** Why what was asked to be sent is not. */
export type Hold = 'uploading' | 'faulty';

export function useDraft(roomId: string) {
  const name = `draft-${roomId}`;
  const [text, setText] = useState(() => readKept(name) ?? '');
  /** Asked to be sent, and waiting for its files. */
  const [isDue, setDue] = useState(false);
  const most = useStore(app, ({ limits }) => limits?.maxTextLength) ?? Number.POSITIVE_INFINITY;
  const files = useStore(uploads, (state) => state[roomId]) ?? noUploads;
  useEffect(() => openUploads(roomId), [roomId]);

  const isUploading = files.some(({ state }) => state === 'waiting' || state === 'sending');
  const isFaulty = files.some(({ state }) => state === 'failed' || state === 'refused');
  const isEmpty = text.trim() === '' && files.every(({ state }) => state === 'refused');
  const lettersLeft = most - text.length;
  const change = (now: string) => {
    setText(now);
    setDue(false);
    keep(name, now || undefined);
  };
  const submit = () => {
    if (isEmpty || lettersLeft < 0) return;
    if (isUploading || isFaulty) return setDue(true);
    say(roomId, text, takeAttachments(roomId));
    change('');
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the last file is there, or is taken away.
  useEffect(() => {
    if (isDue && !isUploading && !isFaulty) submit();
  }, [isDue, isUploading, isFaulty]);
  const hold: Hold | undefined = isFaulty ? 'faulty' : isUploading ? 'uploading' : undefined;
  return { text, change, files, submit, isEmpty, lettersLeft, hold: isDue ? hold : undefined };
}
