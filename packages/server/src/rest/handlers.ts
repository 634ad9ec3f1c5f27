/** A handler for every row of the HTTP API: a row without one does not compile. */

import type { restRows } from 'elizad-protocol/rest';
import { descriptionHandlers } from './description/description.ts';
import { agentHandlers } from './eliza/agents/agents.ts';
import { memoryHandlers } from './eliza/agents/memories.ts';
import { agentRoomHandlers } from './eliza/agents/rooms.ts';
import { runHandlers } from './eliza/agents/runs.ts';
import { worldHandlers } from './eliza/agents/worlds.ts';
import { jobHandlers } from './eliza/jobs.ts';
import { audioHandlers } from './eliza/media/audio.ts';
import { mediaHandlers } from './eliza/media/media.ts';
import { agentMessageHandlers } from './eliza/messages/agent-messages.ts';
import { messageHandlers } from './eliza/messages/messages.ts';
import { xrayHandlers } from './eliza/messages/xray.ts';
import { channelHandlers } from './eliza/rooms/channels.ts';
import { participantHandlers } from './eliza/rooms/participants.ts';
import { roomControlHandlers } from './eliza/rooms/room-control.ts';
import { serverHandlers } from './eliza/rooms/servers.ts';
import { environmentHandlers } from './eliza/server/environment.ts';
import { logHandlers } from './eliza/server/logs.ts';
import { metricHandlers } from './eliza/server/metrics.ts';
import { processHandlers } from './eliza/server/process.ts';
import { socketHandlers } from './eliza/server/sockets.ts';
import { systemHandlers } from './eliza/server/system.ts';
import { sessionHandlers } from './eliza/sessions/sessions.ts';
import { teeHandlers } from './eliza/tee/tee.ts';
import type { RestHandlers } from './http/handler.ts';
import { openaiModelHandlers } from './openai/models.ts';
import { openaiHandlers } from './openai/openai.ts';

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
  ...roomControlHandlers,
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
