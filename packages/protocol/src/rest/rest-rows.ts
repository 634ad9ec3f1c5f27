/** The HTTP API as one table: every row of every domain. */
import { agentMessageRows } from './agent-message-rows.ts';
import { agentRoomRows } from './agent-room-rows.ts';
import { agentRows } from './agent-rows.ts';
import { audioRows } from './audio-rows.ts';
import { channelRows } from './channel-rows.ts';
import { descriptionRows } from './description-rows.ts';
import { environmentRows } from './environment-rows.ts';
import { jobRows } from './job-rows.ts';
import { logRows } from './log-rows.ts';
import { mediaRows } from './media-rows.ts';
import { memoryRows } from './memory-rows.ts';
import { messageRows } from './message-rows.ts';
import { metricRows } from './metric-rows.ts';
import { openaiModelRows } from './openai-model-rows.ts';
import { openaiRows } from './openai-rows.ts';
import { participantRows } from './participant-rows.ts';
import { processRows } from './process-rows.ts';
import type { RestRow } from './rest-row.ts';
import { runRows } from './run-rows.ts';
import { serverRows } from './server-rows.ts';
import { sessionRows } from './session-rows.ts';
import { socketRows } from './socket-rows.ts';
import { systemRows } from './system-rows.ts';
import { teeRows } from './tee-rows.ts';
import { worldRows } from './world-rows.ts';
import { xrayRows } from './xray-rows.ts';

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
