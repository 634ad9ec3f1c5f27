/** The X-ray of a message, asked again while something is still to come. */
import { useEffect, useState } from 'react';
import { app } from '../../state/app-state.ts';
import { client } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import { describeError } from '../../state/toasts.ts';
import type { Xray } from './spans.ts';

const againMs = 500;

export type Seen = { xray?: Xray; at: number; error?: string };

export function useXray(roomId: string, messageId: string): Seen {
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const [seen, setSeen] = useState<Seen>({ at: 0 });
  useEffect(() => {
    if (!isOnline) return;
    let timer: ReturnType<typeof setTimeout>;
    let isThere = true;
    const look = async () => {
      try {
        const { data } = await client().http.call('get-message-xray', { params: { channelId: roomId, messageId } });
        if (!isThere) return;
        setSeen({ xray: data, at: Date.now() });
        if (!data.ending) timer = setTimeout(look, againMs);
      } catch (error) {
        const { text, hint } = describeError(error);
        if (isThere) setSeen({ at: 0, error: [text, hint].filter(Boolean).join(' ') });
      }
    };
    void look();
    return () => {
      isThere = false;
      clearTimeout(timer);
    };
  }, [roomId, messageId, isOnline]);
  return seen;
}
