/** What a run asks a server before and after: connections of their own, by the documented events. */
import { readServerAddress } from 'elizad-client';
import { io, type Socket } from 'socket.io-client';
import type { Heard } from '../ledger.ts';
import { CannotStart } from '../server-process.ts';
import type { Payload } from './asking.ts';

export type Place = { url: string; apiKey: string | undefined };

const connectMs = 15_000;
const worldMs = 10_000;
const historyMs = 120_000;

/** The agent to talk with: the one of a torture, or the first. Throws `CannotStart` when there is nobody to ask. */
export const findAgent = (place: Place): Promise<string | undefined> =>
  visit(place, async (socket) => {
    const answer = new Promise<Payload>((resolve) => socket.once('world-state', resolve));
    socket.emit('request-world-state', {});
    const never = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), worldMs).unref());
    const world = await Promise.race([answer, never]);
    const agents = Object.values<Payload>(world?.agents ?? {});
    return (agents.find(({ name }) => name === 'Torture') ?? agents[0])?.id;
  });

/** All that a room holds, as a client that comes for the first time reads it. */
export async function readHistory(place: Place, roomId: string): Promise<Heard[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await visit(place, async (socket) => {
        const history: Heard[] = [];
        socket.on('messageBroadcast', (message: Payload) => {
          if (message.roomId === roomId) history.push(message);
        });
        const { seq } = await socket.timeout(historyMs).emitWithAck('join', { roomId, since: 0 });
        return history.filter((message) => message.seq <= seq);
      });
    } catch (error) {
      // A network between here and there may fail as well.
      if (tries === 3) throw error;
    }
  }
}

async function visit<T>({ url, apiKey }: Place, ask: (socket: Socket) => Promise<T>): Promise<T> {
  const { socketUrl, socketPath } = readServerAddress(url);
  const socket = io(socketUrl, { path: socketPath, forceNew: true, auth: apiKey === undefined ? {} : { apiKey } });
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string, hint = 'Is the server running there?') =>
        reject(new CannotStart(`${url} ${why}. ${hint}`));
      const deadline = setTimeout(() => fail('does not answer'), connectMs);
      socket.once('connect', resolve);
      socket.once('connect_error', (error: Error & { data?: { hint?: string } }) =>
        fail(`refuses connections (${error.message.replace(/\.$/, '')})`, error.data?.hint),
      );
      for (const event of ['connect', 'connect_error']) socket.once(event, () => clearTimeout(deadline));
    });
    return await ask(socket);
  } finally {
    socket.close();
  }
}
