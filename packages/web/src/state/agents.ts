/** The agents of the server, those that rest too, and what is done with one. */
import type { RestOutput } from 'elizad-client';
import { type Agent, app } from './app-state.ts';
import { putAgents } from './known-agents.ts';
import { client } from './session.ts';

export type AgentDetail = RestOutput<'get-agent'>['data'];

/** From the world those that run or ran, with their models; over HTTP those that were never started. */
export async function refreshAgents(): Promise<void> {
  const [{ agents }, { data }] = await Promise.all([client().worldState(), client().http.call('list-agents')]);
  const rested = data.agents
    .filter(({ id }) => !agents[id])
    .map(({ id, name, bio, status }): Agent => ({ id, name, status, bio: [bio], model: null }));
  putAgents([...Object.values(agents), ...rested]);
}

export async function readAgent(agentId: string): Promise<AgentDetail> {
  return (await client().http.call('get-agent', { params: { agentId } })).data;
}

/** Made, and put to work. Resolves with its id. */
export async function makeAgent(character: Record<string, unknown>): Promise<string> {
  const { data } = await client().http.call('create-agent', { body: { agent: character } });
  await startAgent(data.id);
  return data.id;
}

export async function saveAgent(agentId: string, change: Record<string, unknown>): Promise<AgentDetail> {
  const { data } = await client().http.call('update-agent', { params: { agentId }, body: change });
  await refreshAgents();
  return data;
}

export async function startAgent(agentId: string): Promise<void> {
  await client().http.call('start-agent', { params: { agentId } });
  await refreshAgents();
}

export async function stopAgent(agentId: string): Promise<void> {
  await client().http.call('stop-agent', { params: { agentId } });
  await refreshAgents();
}

export async function deleteAgent(agentId: string): Promise<void> {
  await client().http.call('delete-agent', { params: { agentId } });
  await refreshAgents();
}

/** A room with only me and the agent in it, to be thrown away. */
export async function openTrial(agentId: string, name: string): Promise<string> {
  const participants = [app.get().entityId ?? '', agentId];
  const body = { name: `Trying ${name}`, type: 'DM', participants };
  return (await client().http.call('create-channel', { body })).data.id;
}

export async function throwAway(roomId: string): Promise<void> {
  await client().http.call('delete-channel', { params: { channelId: roomId } }, { keepalive: true });
}
