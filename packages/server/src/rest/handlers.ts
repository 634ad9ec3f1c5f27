/** A handler for every row of the HTTP API: a row without one does not compile. */
import type { restRows } from 'elizad-protocol/rest';
import type { RestHandlers } from './handler.ts';
import { jobHandlers } from './jobs.ts';
import { logHandlers } from './logs.ts';
import { agentMessageHandlers } from './messages/agent-messages.ts';
import { messageHandlers } from './messages.ts';
import { openaiHandlers } from './openai/openai.ts';
import { environmentHandlers } from './server/environment.ts';
import { serverHandlers } from './server/server.ts';
import { systemHandlers } from './server/system.ts';
import { sessionHandlers } from './sessions/sessions.ts';
import { teeHandlers } from './tee/tee.ts';

export const restHandlers: RestHandlers<typeof restRows> = {
  ...systemHandlers,
  ...serverHandlers,
  ...environmentHandlers,
  ...sessionHandlers,
  ...jobHandlers,
  ...logHandlers,
  ...teeHandlers,
  ...messageHandlers,
  ...agentMessageHandlers,
  ...openaiHandlers,
};
