/** The steps of a turn at which a project is hit: each shows itself to a client in the room, or in the processes. */
import type { Socket } from 'socket.io-client';
import { type Chance, pause } from '../chance.ts';
import { isOfAgent } from '../ledger.ts';
import type { Payload } from '../players/asking.ts';
import type { HostProcess } from './host-process.ts';

type Step = {
  readonly event: 'messageBroadcast' | 'messageStreamChunk';
  fits(payload: Payload, isAsked: (roomId: string) => boolean): boolean;
  /** How long after it the blow may come, in ms. */
  readonly within: number;
};

const steps = {
  'before the claim': {
    event: 'messageBroadcast',
    fits: (message, isAsked) => !isOfAgent(message) && isAsked(message.roomId),
    within: 5,
  },
  'while the model streams': { event: 'messageStreamChunk', fits: ({ index }) => index === 0, within: 80 },
  'after a chunk': { event: 'messageStreamChunk', fits: ({ index }) => index > 0, within: 0 },
  'in an action': {
    event: 'messageBroadcast',
    fits: (message) => message.source === 'agent_action' && message.updatedAt === undefined,
    within: 120,
  },
  "after an action's card": {
    event: 'messageBroadcast',
    fits: (message) => message.source === 'agent_action' && message.updatedAt !== undefined,
    within: 5,
  },
  'after the answer': { event: 'messageBroadcast', fits: ({ source }) => source === 'agent_response', within: 5 },
} as const satisfies Record<string, Step>;

const hostStarts = 'while the project starts';

export type Moment = keyof typeof steps | typeof hostStarts;
export const moments: readonly Moment[] = [...(Object.keys(steps) as (keyof typeof steps)[]), hostStarts];

/** A room in which nothing happens is hit all the same. */
const patienceMs = 5_000;
const startMs = 700;

type Watching = { socket: Socket; host: HostProcess; chance: Chance; isAsked: (roomId: string) => boolean };

/** Resolves at the moment, or a little after it; false where it did not come. */
export async function until(moment: Moment, { socket, host, chance, isAsked }: Watching): Promise<boolean> {
  if (moment === hostStarts) {
    host.kill();
    const hasBegun = await host.next(patienceMs);
    await pause(chance.between(0, startMs));
    return hasBegun;
  }
  const { event, fits, within }: Step = steps[moment];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = (payload: Payload) => {
    if (fits(payload, isAsked)) resolve(true);
  };
  const timer = setTimeout(() => resolve(false), patienceMs);
  socket.on(event, look);
  const hasCome = await promise;
  socket.off(event, look);
  clearTimeout(timer);
  if (within > 0) await pause(chance.between(0, within));
  return hasCome;
}
