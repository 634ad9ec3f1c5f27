/** Says to screen readers what comes new; the list itself is silent, since its rows come and go while one scrolls. */
import { useRef } from 'react';
import type { RoomMessage } from '../state/app-state.ts';
import { withoutMarks } from '../ui/markdown/without-marks.ts';

/** Longer ones are read in the list. */
const mostSpoken = 300;

export function Announcer({ message, entityId }: { message: RoomMessage | undefined; entityId: string | undefined }) {
  // What was there when the room was opened is no news.
  const first = useRef(message?.seq ?? 0);
  if (first.current === 0) first.current = message?.seq ?? 0;
  const isNew = message && message.seq > first.current && message.senderId !== entityId;
  return (
    <p className="visually-hidden" role="status">
      {isNew ? `${message.senderName}: ${withoutMarks(message.text).slice(0, mostSpoken)}` : ''}
    </p>
  );
}
