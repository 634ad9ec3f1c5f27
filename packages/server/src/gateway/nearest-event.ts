/** What a client probably meant by an event that this server does not know. */
import { offsetEvent, wireIn, wireOut } from 'elizad-protocol';
import { closest } from 'fastest-levenshtein';

/** Whether only the server sends events of this name. */
export const isFromServer = (event: string): boolean => Object.hasOwn(wireOut, event) || event === offsetEvent.name;

/** The known event whose name is the most like it. */
export const nearestEvent = (event: string): string =>
  closest(
    event,
    Object.keys(wireIn).filter((name) => name.length > 1),
  );
