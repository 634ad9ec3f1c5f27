/** The door of browsers: the web client, at every address that no other door has. */
import { createDoor } from '../http/door.ts';
import { describePlainly } from '../http/failure.ts';
import { findsWeb, isWebFile, sendWeb } from './send-web.ts';

export const webDoor = createDoor(
  {},
  {
    prefixes: ['/'],
    describeFailure: describePlainly,
    isRated: (request) => !findsWeb(request),
    // Behind a proxy that gives the server another name, the web client is the one to say what is wrong.
    unrouted: { isPublic: isWebFile, send: sendWeb },
  },
);
