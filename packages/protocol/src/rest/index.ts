/** The HTTP API as one table, and what its rows are made of. Sockets do not need it: it is an entry of its own, `elizad-protocol/rest`. */
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
import { openaiRows } from './openai-rows.ts';
import { participantRows } from './participant-rows.ts';
import { processRows } from './process-rows.ts';
import { runRows } from './run-rows.ts';
import { serverRows } from './server-rows.ts';
import { sessionRows } from './session-rows.ts';
import { systemRows } from './system-rows.ts';
import { teeRows } from './tee-rows.ts';
import { worldRows } from './world-rows.ts';

export * from './agent-message-rows.ts';
export * from './agent-room-rows.ts';
export * from './agent-rows.ts';
export * from './agent-shapes.ts';
export * from './audio-rows.ts';
export * from './channel-rows.ts';
export * from './description-rows.ts';
export * from './environment-rows.ts';
export * from './job-rows.ts';
export * from './log-rows.ts';
export * from './media-rows.ts';
export * from './memory-rows.ts';
export * from './message-rows.ts';
export * from './message-shapes.ts';
export * from './openai-rows.ts';
export * from './participant-rows.ts';
export * from './process-rows.ts';
export * from './rest-row.ts';
export * from './room-shapes.ts';
export * from './run-rows.ts';
export * from './server-rows.ts';
export * from './session-rows.ts';
export * from './system-rows.ts';
export * from './tee-rows.ts';
export * from './world-rows.ts';

/** Every route, by name. */
export const restRows = {
  ...systemRows,
  ...processRows,
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
  ...agentMessageRows,
  ...sessionRows,
  ...jobRows,
  ...logRows,
  ...mediaRows,
  ...audioRows,
  ...openaiRows,
  ...teeRows,
} as const;

export type RestRowName = keyof typeof restRows;
