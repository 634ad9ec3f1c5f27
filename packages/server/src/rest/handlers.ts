/** A handler for every row of the HTTP API: a row without one does not compile. */

import type { restRows } from 'elizad-protocol/rest';
import { agentHandlers } from './agents/agents.ts';
import { memoryHandlers } from './agents/memories.ts';
import { agentRoomHandlers } from './agents/rooms.ts';
import { runHandlers } from './agents/runs.ts';
import { worldHandlers } from './agents/worlds.ts';
import { channelHandlers } from './channels.ts';
import type { RestHandlers } from './handler.ts';
import { jobHandlers } from './jobs.ts';
import { logHandlers } from './logs.ts';
import { agentMessageHandlers } from './messages/agent-messages.ts';
import { messageHandlers } from './messages.ts';
import { openaiHandlers } from './openai/openai.ts';
import { participantHandlers } from './participants.ts';
import { environmentHandlers } from './server/environment.ts';
import { processHandlers } from './server/process.ts';
import { systemHandlers } from './server/system.ts';
import { serverHandlers } from './servers.ts';
import { sessionHandlers } from './sessions/sessions.ts';
import { teeHandlers } from './tee/tee.ts';

export const restHandlers: RestHandlers<typeof restRows> = {
  ...systemHandlers,
  ...processHandlers,
  ...environmentHandlers,
  ...agentHandlers,
  ...worldHandlers,
  ...runHandlers,
  ...memoryHandlers,
  ...agentRoomHandlers,
  ...serverHandlers,
  ...channelHandlers,
  ...participantHandlers,
  ...messageHandlers,
  ...agentMessageHandlers,
  ...sessionHandlers,
  ...jobHandlers,
  ...logHandlers,
  ...openaiHandlers,
  ...teeHandlers,
};
