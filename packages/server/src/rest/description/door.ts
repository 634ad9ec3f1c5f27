/** The door of the API's description: its addresses lie at the root, where tools look for them. */
import { createDoor } from '../http/door.ts';
import { describePlainly } from '../http/failure.ts';
import { descriptionHandlers } from './description.ts';

export const descriptionDoor = createDoor(descriptionHandlers, {
  prefixes: [],
  describeFailure: describePlainly,
  isRated: () => true,
});
