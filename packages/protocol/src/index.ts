/** The wire of elizad, as tables: everything both ends need to know, and nothing else. */
export * from './character.ts';
export * from './encode.ts';
export * from './error-table.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './ids.ts';
export * from './intents.ts';
export * from './json.ts';
export * from './limits.ts';
export * from './samples.ts';
export * from './socket-types.ts';
export * from './voices.ts';
export * from './wire-in.ts';
export * from './wire-out.ts';
export * from './wire-watch.ts';
