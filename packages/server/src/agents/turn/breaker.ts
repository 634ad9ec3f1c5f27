/**
 * The breaker of a room: agents may talk with each other, but not for ever, and no room spends more than its budgets. When
 * it trips, one message of the server in the room says why.
 */
import type { ErrorCode } from 'elizad-protocol';
import type { Messaging } from '../../messaging/ground/context.ts';
import { postNotice } from '../../messaging/posts/agent-posts.ts';
import { freezeChannel } from '../../messaging/rooms/freeze.ts';
import { type Spending, sumSpending } from '../../storage/turns/traces.ts';
import { listChain, type TurnRow } from '../../storage/turns/turns.ts';

/** 0 is no limit, but for `maxAgentHops`: the answers of agents to agents that come of one message of a person. */
export type BreakerLimits = {
  maxAgentHops: number;
  roomTurnsPerHour: number;
  roomTokensPerHour: number;
  /** In US dollars, of models whose price is known. */
  roomCostPerHour: number;
};

export type Breaker = {
  /** Why a turn may not run, where it may not. */
  refuse(turn: Pick<TurnRow, 'channel_id'>): Promise<ErrorCode | undefined>;
  /** Those of some agents that may answer what a turn says; none, and the room is told, when they have talked enough. */
  admit(turn: TurnRow, addressees: readonly string[]): Promise<readonly string[]>;
};

const hourMs = 3_600_000;

/** So many turns of the same two agents at the end of a chain are a game of ping-pong. */
const pingPong = 6;

export function createBreaker(messaging: Messaging, limits: BreakerLimits): Breaker {
  const { database, channels, agents } = messaging;
  const budgets = [
    { most: limits.roomTurnsPerHour, spent: ({ turns }: Spending) => turns, unit: 'turns' },
    { most: limits.roomTokensPerHour, spent: ({ tokens }: Spending) => tokens, unit: 'tokens' },
    { most: limits.roomCostPerHour, spent: ({ cost }: Spending) => cost, unit: 'dollars' },
  ].filter(({ most }) => most > 0);

  async function admit(turn: TurnRow, addressees: readonly string[]): Promise<readonly string[]> {
    if (addressees.length === 0) return [];
    const chain = await listChain(database.db, turn.root_id);
    const last = new Set(chain.slice(-pingPong).map(({ agent_id }) => agent_id));
    const isPingPong = chain.length >= pingPong && last.size <= 2;
    // All of them, not how deep they go: where each wakes several others, there would be more with each step.
    const left = limits.maxAgentHops - chain.filter(({ hops }) => hops > 0).length;
    if (left > 0 && !isPingPong) return addressees.slice(0, left);
    const names = [...new Set(chain.map(({ agent_id }) => agents.find(agent_id)?.name ?? 'an agent'))].join(' and ');
    const text = `${names} have answered each other ${chain.length} times, and no person has said anything. They stop here, and go on when somebody does.`;
    await postNotice(messaging, turn.channel_id, text, { about: turn.root_id });
    return [];
  }

  return {
    async refuse({ channel_id: channelId }) {
      const channel = await channels.find(channelId);
      if ((channel?.frozenUntil ?? 0) > Date.now()) return 'room-frozen';
      if (budgets.length === 0) return undefined;
      const spending = await sumSpending(database.db, channelId, Date.now() - hourMs);
      const used = budgets.find(({ most, spent }) => spent(spending) >= most);
      if (!used) return undefined;
      const why = `The agents of this room have used up the ${used.most.toLocaleString('en-US')} ${used.unit} that they may spend in an hour.`;
      await freezeChannel(messaging, channelId, (spending.first ?? Date.now()) + hourMs, why);
      return 'budget-spent';
    },
    admit,
  };
}
