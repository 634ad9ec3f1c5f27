/** The HTTP API as one table, and what its rows are made of. Sockets do not need it: it is an entry of its own, `elizad-protocol/rest`. */
import { messageRows } from './message-rows.ts';
import { systemRows } from './system-rows.ts';

export * from './message-rows.ts';
export * from './rest-row.ts';
export * from './system-rows.ts';

/** Every route, by name. */
export const restRows = { ...systemRows, ...messageRows } as const;

export type RestRowName = keyof typeof restRows;
