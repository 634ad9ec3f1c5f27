/** A handler for every row of the HTTP API: a row without one does not compile. */

import type { restRows } from 'elizad-protocol/rest';
import { agentHandlers } from './agents/agents.ts';
import { memoryHandlers } from './agents/memories.ts';
import { agentRoomHandlers } from './agents/rooms.ts';
import { runHandlers } from './agents/runs.ts';
import { worldHandlers } from './agents/worlds.ts';
import { audioHandlers } from './audio.ts';
import { channelHandlers } from './channels.ts';
import { descriptionHandlers } from './description/description.ts';
import type { RestHandlers } from './handler.ts';
import { jobHandlers } from './jobs.ts';
import { logHandlers } from './logs.ts';
import { mediaHandlers } from './media/media.ts';
import { agentMessageHandlers } from './messages/agent-messages.ts';
import { xrayHandlers } from './messages/xray.ts';
import { messageHandlers } from './messages.ts';
import { openaiModelHandlers } from './openai/models.ts';
import { openaiHandlers } from './openai/openai.ts';
import { participantHandlers } from './participants.ts';
import { environmentHandlers } from './server/environment.ts';
import { metricHandlers } from './server/metrics.ts';
import { processHandlers } from './server/process.ts';
import { socketHandlers } from './server/sockets.ts';
import { systemHandlers } from './server/system.ts';
import { serverHandlers } from './servers.ts';
import { sessionHandlers } from './sessions/sessions.ts';
import { teeHandlers } from './tee/tee.ts';

export const restHandlers: RestHandlers<typeof restRows> = {
  ...systemHandlers,
  ...processHandlers,
  ...metricHandlers,
  ...socketHandlers,
  ...environmentHandlers,
  ...descriptionHandlers,
  ...agentHandlers,
  ...worldHandlers,
  ...runHandlers,
  ...memoryHandlers,
  ...agentRoomHandlers,
  ...serverHandlers,
  ...channelHandlers,
  ...participantHandlers,
  ...messageHandlers,
  ...xrayHandlers,
  ...agentMessageHandlers,
  ...sessionHandlers,
  ...jobHandlers,
  ...logHandlers,
  ...mediaHandlers,
  ...audioHandlers,
  ...openaiHandlers,
  ...openaiModelHandlers,
  ...teeHandlers,
};
