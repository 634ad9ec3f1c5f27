/** The figures of the server, asked for every five seconds while the page is seen. */
import type { RestOutput } from 'elizad-client';
import { useEffect, useState } from 'react';
import { client } from '../../state/session.ts';
import { describeError } from '../../state/toasts.ts';

export type Metrics = RestOutput<'get-metrics'>['data'];
export type Sample = Metrics['now'];

const everyMs = 5_000;

type Known = { metrics?: Metrics; failure?: ReturnType<typeof describeError> };

export function useMetrics(): Known {
  const [state, setState] = useState<Known>({});
  useEffect(() => {
    const closing = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      clearTimeout(timer);
      try {
        const { data } = await client().http.call('get-metrics', {}, { signal: closing.signal });
        if (!closing.signal.aborted) setState({ metrics: data });
      } catch (error) {
        // What was there stays to be read.
        if (!closing.signal.aborted) setState((before) => ({ ...before, failure: describeError(error) }));
      }
      clearTimeout(timer);
      if (!closing.signal.aborted && !document.hidden) timer = setTimeout(ask, everyMs);
    };
    const whenSeen = () => {
      if (document.hidden) clearTimeout(timer);
      else void ask();
    };
    void ask();
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      closing.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', whenSeen);
    };
  }, []);
  return state;
}
