/** The log over HTTP. */
import { logLevelNames, logLevels } from 'elizad-protocol';
import type { logRows } from 'elizad-protocol/rest';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers, RestRequest } from '../../http/handler.ts';

export const logHandlers: RestHandlers<typeof logRows> = {
  'get-logs': (deps, { query }) => list(deps, query),
  'post-logs': (deps, { body }) => list(deps, body),
  'clear-logs': async ({ keptLog }) => {
    await keptLog.clear();
    return { status: 'success', message: 'Logs cleared successfully' };
  },
};

async function list({ keptLog }: RestDeps, filters: RestRequest<(typeof logRows)['get-logs']>['query']) {
  const { level, agentName = 'all', agentId = 'all' } = filters;
  const { lines, total } = await keptLog.list({ ...filters, level: logLevels[level] });
  return {
    logs: lines,
    count: lines.length,
    total,
    requestedLevel: level,
    level,
    agentName,
    agentId,
    levels: [...logLevelNames],
  };
}
