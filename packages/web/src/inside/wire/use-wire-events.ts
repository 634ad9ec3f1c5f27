/** What one socket sends and gets, newest first, from now on; bounded. */
import { RequestFailed, type WireOutPayload } from 'elizad-client';
import { useEffect, useReducer, useState } from 'react';
import { client } from '../../state/session.ts';
import { showError } from '../../state/toasts.ts';

export type WireRecord = WireOutPayload<'wireEvent'>['events'][number];
/** `id` counts up in the order in which they came. */
export type WireRow = WireRecord & { id: number };

export const mostRows = 500;

type Events = { rows: readonly WireRow[]; dropped: number; nextId: number };
type Change = WireOutPayload<'wireEvent'> | 'clear';

const none: Events = { rows: [], dropped: 0, nextId: 0 };

function change({ rows, dropped, nextId }: Events, what: Change): Events {
  if (what === 'clear') return { ...none, nextId };
  const fresh = what.events.map((event, index) => ({ ...event, id: nextId + index })).reverse();
  return {
    rows: [...fresh, ...rows].slice(0, mostRows),
    dropped: dropped + what.dropped,
    nextId: nextId + fresh.length,
  };
}

export function useWireEvents(socketId: string): Events & {
  /** The server has begun to send them. */
  isListening: boolean;
  clear: () => void;
} {
  const [isListening, setListening] = useState(false);
  const [events, dispatch] = useReducer(change, none);
  useEffect(() => {
    const { socket, on } = client();
    const subscribe = () =>
      socket.emit('subscribe_wire', { socketId }, (answer) => {
        setListening(answer.ok);
        if (!answer.ok) showError(new RequestFailed(answer));
      });
    dispatch('clear');
    const stopListening = on('wireEvent', ({ events: all, dropped }) => {
      // What was on its way when another one was chosen is of the one before.
      dispatch({ events: all.filter((event) => event.socketId === socketId), dropped });
    });
    if (socket.connected) subscribe();
    socket.on('connect', subscribe);
    return () => {
      stopListening();
      socket.off('connect', subscribe);
      if (socket.connected) socket.emit('unsubscribe_wire');
    };
  }, [socketId]);
  return { ...events, isListening, clear: () => dispatch('clear') };
}
