/** Agents over HTTP: which there are, and how they come, change, start, stop and go. */
import { ElizadError } from 'elizad-protocol';
import type { agentDetail, agentRows, agentSummary } from 'elizad-protocol/rest';
import { isSecretText } from 'elizad-protocol/secrets';
import type { z } from 'zod';
import type { AgentLife } from '../../../agents/characters/agent-life.ts';
import { getCharacter, type Standing } from '../../../agents/characters/agent-record.ts';
import { createAvatarRoom, shortenBio } from '../../../agents/characters/brief.ts';
import { editCharacter, readDraft } from '../../../agents/characters/edit.ts';
import { hideSecrets } from '../../../agents/characters/secrets.ts';
import { hasScope } from '../../../auth/permissions.ts';
import type { Principal } from '../../../auth/principal.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const agentHandlers: RestHandlers<typeof agentRows> = {
  'list-agents': ({ agents: { life } }) => {
    const hasRoom = createAvatarRoom();
    const agents = life.list().map((standing) => summarise(life, standing, hasRoom));
    const rank = ({ status, name }: (typeof agents)[number]) => `${status === 'active' ? 0 : 1}${name.toLowerCase()}`;
    agents.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
    return { success: true, data: { agents } };
  },
  'create-agent': async ({ agents: { life } }, { principal, body }) => {
    const draft = body.agent ?? body.characterJson ?? body.character;
    if (!draft && body.characterPath !== undefined) throw new ElizadError('character-path-refused');
    if (!draft)
      throw new ElizadError('invalid-payload', {
        issues: [{ path: 'agent', message: 'expected a character, also as `characterJson` or `character`' }],
      });
    const made = await life.create(readDraft(draft));
    return { success: true, data: { id: made.id, character: describe(life, made, principal) } };
  },
  'get-agent': ({ agents: { life } }, { principal, params }) => ({
    success: true,
    data: describe(life, life.get(params.agentId), principal),
  }),
  'update-agent': async ({ agents: { life } }, { principal, params, body }) => {
    const changed = await life.change(params.agentId, (before) => editCharacter(before, params.agentId, body));
    return { success: true, data: describe(life, changed, principal) };
  },
  'delete-agent': async ({ agents: { life } }, { params }) => {
    await life.remove(params.agentId);
    return undefined;
  },
  'start-agent': async ({ agents: { life } }, { params: { agentId: id } }) => {
    const { name } = getCharacter(await life.setEnabled(id, true));
    return { success: true, data: { id, name, status: statusOf(life, id) } };
  },
  'stop-agent': async ({ agents: { life } }, { params: { agentId: id } }) => {
    const { name } = getCharacter(await life.setEnabled(id, false));
    return { success: true, data: { id, name, status: statusOf(life, id), message: 'Agent stopped' } };
  },
  'list-agent-panels': ({ agents: { life, projects } }, { params: { agentId } }) => {
    life.get(agentId);
    const own = projects.list().flatMap(({ info }) => info?.agents.filter(({ id }) => id === agentId) ?? []);
    const panels = own.flatMap((agent) => agent.panels);
    const data = panels.map(({ name, path }) => ({
      name,
      path: `/api/agents/${agentId}/plugins${path}?agentId=${agentId}`,
    }));
    return { success: true, data };
  },
};

const statusOf = (life: AgentLife, id: string) => (life.isRunning(id) ? 'active' : 'inactive');

function summarise(
  life: AgentLife,
  standing: Standing,
  hasRoom: (avatar: string) => boolean,
): z.input<typeof agentSummary> {
  const { name, bio, settings } = getCharacter(standing);
  const { id } = standing;
  const avatar = settings?.avatar;
  return {
    id,
    name,
    characterName: name,
    bio: shortenBio(bio).join(' '),
    status: statusOf(life, id),
    ...(typeof avatar === 'string' && !isSecretText(avatar) && hasRoom(avatar) && { settings: { avatar } }),
  };
}

function describe(life: AgentLife, standing: Standing, principal: Principal): z.input<typeof agentDetail> {
  const { id, isEnabled, createdAt, updatedAt } = standing;
  const status = statusOf(life, id);
  const character = hideSecrets(getCharacter(standing), hasScope(principal, 'operate'));
  return { ...character, id, status, enabled: isEnabled, createdAt, updatedAt };
}
