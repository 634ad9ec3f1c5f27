/** What somebody wants of a room; each right includes the ones before it. Rows of the HTTP API and intents name theirs. */
export type RoomRight = 'read' | 'write' | 'manage';
