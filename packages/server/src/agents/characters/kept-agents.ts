/** The agents that the server keeps, running or not, and how many and how large they may be. */
import { ElizadError } from 'elizad-protocol';
import { adopt, getCharacter, isKept, type Standing, toDraft } from './agent-record.ts';

export type KeptAgents = { readonly standings: Map<string, Standing>; readonly sizes: Map<string, number> };

/** Agents that are kept, at most, and letters of all their characters: they are kept in memory too. */
const mostAgents = 1_000;
const mostLetters = 32_000_000;

export function getStanding({ standings }: KeptAgents, id: string): Standing {
  const found = standings.get(id);
  if (!found) throw new ElizadError('agent-not-found');
  return found;
}

/** As it may be changed or started: one that had lost its file needs none from then on. */
export function getOwnStanding(kept: KeptAgents, id: string): Standing {
  const found = getStanding(kept, id);
  return isKept(found) ? found : adopt(found);
}

export const measure = ({ character, secrets }: ReturnType<typeof toDraft>): number =>
  character.length + (secrets?.length ?? 0);

/** Throws `agent-exists` where another agent than `id` has the name. */
export function assertFreeName({ standings }: KeptAgents, name: string, id?: string): void {
  for (const standing of standings.values())
    if (standing.id !== id && getCharacter(standing).name === name)
      throw new ElizadError('agent-exists', { issues: [{ path: 'name', message: `${name} is ${standing.id}` }] });
}

/** Throws `agent-exists` where the id or the name is taken, `too-many-agents` where no more are kept. */
export function assertNew(kept: KeptAgents, id: string, name: string): void {
  if (kept.standings.has(id))
    throw new ElizadError('agent-exists', { issues: [{ path: 'id', message: `${id} is there` }] });
  assertFreeName(kept, name);
  if (kept.standings.size >= mostAgents) throw new ElizadError('too-many-agents');
}

/** Throws `too-many-agents` where an agent would become larger than there is room for. */
export function assertRoom({ sizes }: KeptAgents, wanted: Standing): void {
  const before = sizes.get(wanted.id) ?? 0;
  const size = measure(toDraft(wanted));
  const all = [...sizes.values()].reduce((sum, one) => sum + one, size - before);
  if (size > before && all > mostLetters) throw new ElizadError('too-many-agents');
}
