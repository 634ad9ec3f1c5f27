/** The handlers of the Eliza OS door, from its folders. */
import { agentHandlers } from './agents/agents.ts';
import { memoryHandlers } from './agents/memories.ts';
import { agentRoomHandlers } from './agents/rooms.ts';
import { runHandlers } from './agents/runs.ts';
import { worldHandlers } from './agents/worlds.ts';
import { jobHandlers } from './jobs.ts';
import { audioHandlers } from './media/audio.ts';
import { mediaHandlers } from './media/media.ts';
import { agentMessageHandlers } from './messages/agent-messages.ts';
import { messageHandlers } from './messages/messages.ts';
import { xrayHandlers } from './messages/xray.ts';
import { channelHandlers } from './rooms/channels.ts';
import { participantHandlers } from './rooms/participants.ts';
import { roomControlHandlers } from './rooms/room-control.ts';
import { serverHandlers } from './rooms/servers.ts';
import { environmentHandlers } from './server/environment.ts';
import { logHandlers } from './server/logs.ts';
import { metricHandlers } from './server/metrics.ts';
import { processHandlers } from './server/process.ts';
import { socketHandlers } from './server/sockets.ts';
import { systemHandlers } from './server/system.ts';
import { sessionHandlers } from './sessions/sessions.ts';
import { teeHandlers } from './tee/tee.ts';

export const elizaHandlers = {
  ...systemHandlers,
  ...processHandlers,
  ...metricHandlers,
  ...socketHandlers,
  ...environmentHandlers,
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
  ...teeHandlers,
};
