/** The door of Eliza OS: the addresses of its clients and documentation, and those of who runs the server. */
import type { RestRowName } from 'elizad-protocol/rest';
import { createDoor } from '../http/door.ts';
import { describePlainly } from '../http/failure.ts';
import { elizaHandlers } from './handlers.ts';

/** Rows without a limit: monitors ask them all day, and pages show the pictures of a whole room at once. */
const unrated: readonly (RestRowName | undefined)[] = [
  'get-root',
  'get-health',
  'get-readiness',
  'get-open-health',
  'get-agent-file',
  'get-channel-file',
];

export const elizaDoor = createDoor(elizaHandlers, {
  // The last two belong to the sockets: their clients read the same errors.
  prefixes: ['/api', '/media', '/socket.io', '/websocket'],
  guarded: '/api/',
  describeFailure: describePlainly,
  isRated: ({ routeOptions }) => !unrated.includes(routeOptions.config.row),
});
