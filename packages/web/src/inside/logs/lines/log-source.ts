/** Where lines come from: the socket for new ones, HTTP for those that are kept. */
import { RequestFailed } from 'elizad-client';
import { client as session } from '../../../state/session.ts';
import { describeError } from '../../../state/toasts.ts';
import type { Entry } from './log-line.ts';

export type LogSource = {
  subscribe(): Promise<void>;
  kept(query: { since: number | undefined; limit: number }): Promise<{ logs: Entry[]; total: number }>;
  /** Calls back with each line, and when the connection is back; returns how to stop, and stops the server too. */
  listen(take: (entry: Entry) => void, onBack: () => void): () => void;
};

const patienceMs = 10_000;

export function openLogSource(): LogSource {
  const client = session();
  const { socket } = client;
  return {
    async subscribe() {
      const answer = await socket.timeout(patienceMs).emitWithAck('subscribe_logs', { batched: true });
      if (!answer.ok) throw new RequestFailed(answer);
    },
    async kept({ since, limit }) {
      const query = { level: 'all' as const, limit, ...(since !== undefined && { since }) };
      return client.http.call('get-logs', { query });
    },
    listen(take, onBack) {
      const stop = client.on('logEntries', ({ entries }) => entries.forEach(take));
      socket.on('connect', onBack);
      return () => {
        stop();
        socket.off('connect', onBack);
        // Also while the connection is lost: a session that is taken up again has its subscription, and this waits for it.
        socket.emit('unsubscribe_logs');
      };
    },
  };
}

export const describeFailure = (failure: unknown): string => {
  const { text, hint } = describeError(failure);
  return hint ? `${text} ${hint}` : text;
};
