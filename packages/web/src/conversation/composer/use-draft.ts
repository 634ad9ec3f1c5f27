/** What is being written to a room: its text and its files. */
import { useEffect, useMemo } from 'react';
import { app } from '../../state/app-state.ts';
import {
  drafts,
  findHold,
  type Hold,
  isNothing,
  readDraft,
  sendDraft,
  writeDraft,
} from '../../state/messages/drafts.ts';
import { noUploads, openUploads, uploads } from '../../state/messages/uploads.ts';
import { useStore } from '../../state/store.ts';

export function useDraft(roomId: string) {
  const kept = useMemo(() => readDraft(roomId), [roomId]);
  const { text, isDue } = useStore(drafts, (state) => state[roomId]) ?? kept;
  const most = useStore(app, ({ limits }) => limits?.maxTextLength) ?? Number.POSITIVE_INFINITY;
  const files = useStore(uploads, (state) => state[roomId]) ?? noUploads;
  useEffect(() => openUploads(roomId), [roomId]);

  const lettersLeft = most - text.length;
  const hold: Hold | undefined = isDue ? findHold(files) : undefined;
  return {
    text,
    change: (now: string) => writeDraft(roomId, now),
    files,
    submit: () => lettersLeft >= 0 && sendDraft(roomId),
    isEmpty: isNothing(roomId, text),
    lettersLeft,
    hold,
  };
}
