/** What agents did, over HTTP: their runs and their log. */
import { ElizadError, logLevels } from 'elizad-protocol';
import type { runRows } from 'elizad-protocol/rest';
import { getCharacter } from '../../../agents/characters/agent-record.ts';
import { deleteAgentLog, listAgentLog } from '../../../agents/runs/agent-log.ts';
import { listRunEvents, listRuns, type RunEvent, summarise, summariseOpen } from '../../../agents/runs/runs.ts';
import { findEndedRun, findOpenRun } from '../../../storage/turns/runs.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const runHandlers: RestHandlers<typeof runRows> = {
  'list-runs': async ({ messaging, agents }, { params, query }) => {
    const { id: agentId } = agents.life.get(params.agentId);
    const { roomId: channelId, status, limit, from, to } = query;
    return { success: true, data: await listRuns(messaging.database, { agentId, channelId, from, to }, status, limit) };
  },
  'get-run': async ({ messaging, agents }, { params: { agentId, runId } }) => {
    agents.life.get(agentId);
    const { db } = messaging.database;
    const ended = await findEndedRun(db, agentId, runId);
    if (ended) return { success: true, data: { summary: summarise(ended), events: listRunEvents(ended) } };
    const open = await findOpenRun(db, agentId, runId);
    if (!open) throw new ElizadError('run-not-found');
    const summary = summariseOpen(agentId, open);
    const events: RunEvent[] = [{ type: 'RUN_STARTED', timestamp: summary.startedAt, data: { status: 'started' } }];
    return { success: true, data: { summary, events: open.started_at === null ? [] : events } };
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
