/** What agents did, over HTTP: their runs and their log. */
import { ElizadError, logLevels } from 'elizad-protocol';
import type { runRows } from 'elizad-protocol/rest';
import { getCharacter } from '../../../agents/characters/agent-record.ts';
import { deleteAgentLog, listAgentLog } from '../../../agents/runs/agent-log.ts';
import { getRun, listRuns } from '../../../agents/runs/runs.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const runHandlers: RestHandlers<typeof runRows> = {
  'list-runs': async ({ messaging, agents }, { params, query }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    const { roomId: channelId, status, limit, from, to } = query;
    return { success: true, data: await listRuns(messaging.database, { agentId, channelId, from, to }, status, limit) };
  },
  'get-run': async ({ messaging, agents }, { params: { agentId, runId } }) => {
    agents.life.get(agentId);
    return { success: true, data: await getRun(messaging.database, agentId, runId) };
  },
  'list-agent-logs': async ({ messaging, agents }, { params, query }) => {
    const standing = agents.life.get(params.agentId);
    const { id: agentId } = standing;
    const { limit, offset, roomId, level, type, excludeTypes } = query;
    const { before = Number.MAX_SAFE_INTEGER, since = 0 } = query;
    const filter = { agentId, channelId: roomId, before, since, level: logLevels[level], type, excludeTypes };
    const entries = await listAgentLog(messaging.database, filter, limit, offset);
    const { name: agentName } = getCharacter(standing);
    const data = entries.map((entry) => ({ ...entry, agentName }));
    return { success: true, data, count: data.length };
  },
  'delete-agent-log': async ({ messaging, agents }, { params: { agentId, logId } }) => {
    agents.life.get(agentId);
    if (!(await deleteAgentLog(messaging.database, agentId, logId))) throw new ElizadError('log-entry-not-found');
    return undefined;
  },
};
