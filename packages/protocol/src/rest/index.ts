/** The HTTP API as one table, and what its rows are made of. Sockets do not need it: it is an entry of its own, `elizad-protocol/rest`. */
import { agentRoomRows } from './agent-room-rows.ts';
import { agentRows } from './agent-rows.ts';
import { memoryRows } from './memory-rows.ts';
import { messageRows } from './message-rows.ts';
import { runRows } from './run-rows.ts';
import { systemRows } from './system-rows.ts';
import { worldRows } from './world-rows.ts';

export * from './agent-room-rows.ts';
export * from './agent-rows.ts';
export * from './agent-shapes.ts';
export * from './memory-rows.ts';
export * from './message-rows.ts';
export * from './rest-row.ts';
export * from './run-rows.ts';
export * from './system-rows.ts';
export * from './world-rows.ts';

/** Every route, by name. */
export const restRows = {
  ...systemRows,
  ...agentRows,
  ...worldRows,
  ...runRows,
  ...memoryRows,
  ...agentRoomRows,
  ...messageRows,
} as const;

export type RestRowName = keyof typeof restRows;
