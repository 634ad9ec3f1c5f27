/** Which agents the page knows: who is one is said by the server alone, never by a message. */
import type { Client } from 'elizad-client';
import { type Agent, app, patch, type RoomMessage } from './app-state.ts';
import { readName } from './values/names.ts';

/** The server itself, as a sender. In elizad-protocol it comes with zod, which this page loads later. */
export const systemId = '00000000-0000-0000-0000-000000000001';

/** Those that were asked about once, whatever came of it. */
const soughtIds = new Set<string>();

export function putAgents(agents: readonly Agent[]): void {
  patch({
    agents: agents.map((agent) => ({ ...agent, name: readName(agent.name, 'Agent') })),
    areAgentsLoaded: true,
  });
}

/** Who speaks as an agent may be one that was made after the page was loaded. */
export function seekAgents(client: Client, messages: readonly RoomMessage[]): void {
  const known = new Set(app.get().agents.map(({ id }) => id));
  const fresh = messages
    .filter(({ source, senderId }) => source.startsWith('agent_') && !known.has(senderId) && !soughtIds.has(senderId))
    .map(({ senderId }) => senderId);
  if (fresh.length === 0) return;
  for (const id of fresh) soughtIds.add(id);
  client.worldState({ limit: 1 }).then(
    ({ agents }) => putAgents([...app.get().agents.filter(({ id }) => !agents[id]), ...Object.values(agents)]),
    () => {
      for (const id of fresh) soughtIds.delete(id);
    },
  );
}
