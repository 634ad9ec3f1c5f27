/** Loads the messages of the rows that are drawn, and those round them. */
import { useEffect, useRef } from 'react';
import type { Conversation } from '../state/app-state.ts';
import { loadAround } from '../state/messages/history-pages.ts';
import { showError } from '../state/toasts.ts';

/** Who moves so many rows between two frames sees none of them; what is there is asked for where it ends, after so many ms. */
const flownByRows = 100;
const settledMs = 50;

type Room = {
  roomId: string;
  conversation: Conversation;
  /** The `seq` of the first row, and of the last message; `last` is 0 where there is none. */
  first: number;
  last: number;
};

/** `range`: the first and the last row that are drawn, with a space between. */
export function useLoadedRange({ roomId, conversation: { isLoaded, known }, first, last }: Room, range: string): void {
  const wasAt = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is loaded changes what is missing, and so what is seen.
  useEffect(() => {
    if (last === 0) return undefined;
    const [from = 0, to = 0] = range.split(' ').map(Number);
    const load = () => void loadAround(roomId, [first + from, Math.min(last, first + to)]).catch(showError);
    const isFlownBy = Math.abs(from - wasAt.current) > flownByRows;
    wasAt.current = from;
    if (!isFlownBy) return load();
    const timer = setTimeout(load, settledMs);
    return () => clearTimeout(timer);
  }, [roomId, range, first, last, isLoaded, known]);
}
