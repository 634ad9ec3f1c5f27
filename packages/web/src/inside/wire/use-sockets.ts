/** The connected sockets and what is wrong with them, asked for again every other second while the page is seen. */
import type { RestOutput } from 'elizad-client';
import { useEffect, useState } from 'react';
import { client } from '../../state/session.ts';

export type SocketList = RestOutput<'list-sockets'>['data'];
export type SocketView = SocketList['sockets'][number];
export type Finding = SocketView['findings'][number];

const everyMs = 2_000;

export function useSockets(): { list: SocketList | undefined; error: Error | undefined } {
  const [list, setList] = useState<SocketList>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    let timer: number | undefined;
    const stopping = new AbortController();
    const { signal } = stopping;
    async function ask(): Promise<void> {
      try {
        if (!document.hidden) {
          const { data } = await client().http.call('list-sockets', {}, { signal });
          setList(data);
          setError(undefined);
        }
      } catch (thrown) {
        if (!signal.aborted) setError(thrown as Error);
      }
      if (!signal.aborted) timer = window.setTimeout(ask, everyMs);
    }
    void ask();
    return () => {
      stopping.abort();
      window.clearTimeout(timer);
    };
  }, []);
  return { list, error };
}
