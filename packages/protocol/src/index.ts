/** The wire of elizad, as tables: everything both ends need to know, and nothing else. */
export * from './character.ts';
export * from './error-table.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './json.ts';
export * from './limits.ts';
export * from './rights.ts';
export * from './voices.ts';
export { type Attachment, attachment, attachments } from './wire/attachments.ts';
export * from './wire/events.ts';
export { type TurnPolicy, turnPolicies } from './wire/in/rooms.ts';
export * from './wire/intents.ts';
export * from './wire/socket-types.ts';
export * from './wire/wire-in.ts';
export * from './wire/wire-out.ts';
export * from './wire/wire-watch.ts';
