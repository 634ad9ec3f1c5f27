/** The HTTP API as one table: every row of every domain. */
import { agentMessageRows } from './agents/agent-message-rows.ts';
import { agentRoomRows } from './agents/agent-room-rows.ts';
import { agentRows } from './agents/agent-rows.ts';
import { audioRows } from './agents/audio-rows.ts';
import { memoryRows } from './agents/memory-rows.ts';
import { runRows } from './agents/run-rows.ts';
import { worldRows } from './agents/world-rows.ts';
import { xrayRows } from './agents/xray-rows.ts';
import { openaiModelRows } from './openai/openai-model-rows.ts';
import { openaiRows } from './openai/openai-rows.ts';
import { descriptionRows } from './process/description-rows.ts';
import { environmentRows } from './process/environment-rows.ts';
import { logRows } from './process/log-rows.ts';
import { metricRows } from './process/metric-rows.ts';
import { processRows } from './process/process-rows.ts';
import { socketRows } from './process/socket-rows.ts';
import { systemRows } from './process/system-rows.ts';
import { teeRows } from './process/tee-rows.ts';
import type { RestRow } from './rest-row.ts';
import { channelRows } from './rooms/channel-rows.ts';
import { jobRows } from './rooms/job-rows.ts';
import { mediaRows } from './rooms/media-rows.ts';
import { messageRows } from './rooms/message-rows.ts';
import { participantRows } from './rooms/participant-rows.ts';
import { roomControlRows } from './rooms/room-control-rows.ts';
import { serverRows } from './rooms/server-rows.ts';
import { sessionRows } from './rooms/session-rows.ts';

/** Every route, by name. */
export const restRows = {
  ...systemRows,
  ...processRows,
  ...metricRows,
  ...socketRows,
  ...environmentRows,
  ...descriptionRows,
  ...agentRows,
  ...worldRows,
  ...runRows,
  ...memoryRows,
  ...agentRoomRows,
  ...serverRows,
  ...channelRows,
  ...participantRows,
  ...roomControlRows,
  ...messageRows,
  ...xrayRows,
  ...agentMessageRows,
  ...sessionRows,
  ...jobRows,
  ...logRows,
  ...mediaRows,
  ...audioRows,
  ...openaiRows,
  ...openaiModelRows,
  ...teeRows,
} as const;

export type RestRowName = keyof typeof restRows;

/** What a row does, and which row answers the clients of released servers instead. */
export function describeRow({ about, released }: RestRow): string {
  if (released === undefined) return about;
  const { method, path } = restRows[released as RestRowName];
  return `${about} With \`Content-Type: application/json\` (released Eliza OS clients): the response of \`${method} ${path}\`.`;
}
