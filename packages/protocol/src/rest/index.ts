/** The HTTP API as one table, and what its rows are made of. Sockets do not need it: it is an entry of its own, `elizad-protocol/rest`. */
import { audioRows } from './audio-rows.ts';
import { descriptionRows } from './description-rows.ts';
import { mediaRows } from './media-rows.ts';
import { messageRows } from './message-rows.ts';
import { systemRows } from './system-rows.ts';

export * from './audio-rows.ts';
export * from './description-rows.ts';
export * from './media-rows.ts';
export * from './message-rows.ts';
export * from './rest-row.ts';
export * from './system-rows.ts';

/** Every route, by name. */
export const restRows = { ...systemRows, ...descriptionRows, ...messageRows, ...mediaRows, ...audioRows } as const;

export type RestRowName = keyof typeof restRows;
