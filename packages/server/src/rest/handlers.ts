/** A handler for every row of the HTTP API: a row without one does not compile. */
import type { restRows } from 'elizad-protocol/rest';
import { audioHandlers } from './audio.ts';
import { descriptionHandlers } from './description/description.ts';
import type { RestHandlers } from './handler.ts';
import { mediaHandlers } from './media/media.ts';
import { messageHandlers } from './messages.ts';
import { systemHandlers } from './system.ts';

export const restHandlers: RestHandlers<typeof restRows> = {
  ...systemHandlers,
  ...descriptionHandlers,
  ...messageHandlers,
  ...mediaHandlers,
  ...audioHandlers,
};
