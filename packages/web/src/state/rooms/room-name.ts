/** What a room is called on the page. */
import type { Agent, Room } from '../app-state.ts';

export const isDm = ({ type }: Room): boolean => type.toUpperCase() === 'DM';

/** A DM that nobody named has the ids of the two for a name: it is shown as the agent in it. */
export function nameRoom(room: Room, agents: readonly Agent[]): string {
  if (!isDm(room)) return room.name;
  const agent = agents.find(({ id }) => room.name.includes(id)) ?? agents.find(({ id }) => id === room.last?.senderId);
  return agent?.name ?? room.name;
}
