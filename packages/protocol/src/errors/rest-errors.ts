/** Errors that only the HTTP API has, with numbers of the same ranges. */
import { type ErrorRow, row } from './error-row.ts';

export const restErrors = {
  'character-path-refused': row(
    1030,
    400,
    'never',
    'A character is not read from a path: that would open files of the server.',
    'Send the character itself as `agent`, or put its file into the directory `characters` of the server.',
  ),
  'agent-exists': row(
    1031,
    409,
    'never',
    'Another agent has this id or this name.',
    'Choose another name and id, or change that agent with PATCH.',
  ),
  'agent-has-a-file': row(
    1032,
    409,
    'changed',
    'This agent comes from a character file, or is built in: it would be back at the next start.',
    'Remove its file, or stop it with POST /api/agents/<id>/stop; the built-in Eliza goes when there is a character file.',
  ),
  'world-not-found': row(
    1033,
    404,
    'never',
    'This agent has no such world.',
    'GET /api/agents/worlds lists them; without `worldId` a room is in the default one.',
  ),
  'memory-not-found': row(
    1034,
    404,
    'never',
    'This agent has no such memory.',
    'It may have been deleted already; GET /api/memory/<agentId>/memories lists them.',
  ),
  'memory-exists': row(1035, 409, 'never', 'The agent knows this fact of that room already.', 'Delete one of the two.'),
  'memory-fixed': row(
    1036,
    409,
    'changed',
    'This comes from the character of the agent, and would come back.',
    'Change `knowledge` of the character.',
  ),
  'run-not-found': row(1037, 404, 'never', 'This agent has no such run.', 'Runs are kept for 14 days.'),
  'log-entry-not-found': row(
    1038,
    404,
    'never',
    'The log of this agent has no such entry.',
    'It may have been deleted already; entries are kept for 14 days.',
  ),
  'room-exists': row(
    1039,
    409,
    'never',
    'There is a room with this id already.',
    'Leave `roomId` out, or join that room.',
  ),
  'too-many-requests': row(
    3010,
    429,
    'later',
    'This address sends more requests than it may.',
    'Wait as many seconds as the header `Retry-After` says.',
  ),
  'too-many-agents': row(
    4120,
    409,
    'changed',
    'There are as many agents as this server keeps.',
    'Delete one with DELETE /api/agents/<id>.',
  ),
  'too-many-worlds': row(
    4121,
    409,
    'never',
    'This agent has as many worlds as it may have.',
    'Change one that is there with PATCH.',
  ),
} as const satisfies Record<string, ErrorRow>;
