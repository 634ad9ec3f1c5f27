/** Who must answer a message. */
import type { Channel } from './channel-directory.ts';

/**
 * The agents that a message of a person wakes: all of the room, or, where it has several and some are called by name,
 * only those. What an agent says wakes nobody, so that two agents cannot talk each other to ruin.
 */
export function listAddressees(channel: Channel, senderId: string, text: string): string[] {
  if (channel.participants.get(senderId)?.kind === 'agent') return [];
  const agents = [...channel.participants.values()].filter(({ kind }) => kind === 'agent');
  if (agents.length <= 1) return agents.map(({ id }) => id);
  const words = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const named = agents.filter(
    ({ name }) =>
      name &&
      words.includes(
        ` ${name
          .toLowerCase()
          .replace(/[^\p{L}\p{N}]+/gu, ' ')
          .trim()} `,
      ),
  );
  return (named.length > 0 ? named : agents).map(({ id }) => id);
}
