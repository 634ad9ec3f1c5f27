/** The door of programs that know OpenAI's API. */
import { createDoor } from '../http/door.ts';
import { isUnheard, toOpenaiFailure } from './failure.ts';
import { openaiModelHandlers } from './models.ts';
import { openaiHandlers } from './openai.ts';

export const openaiDoor = createDoor(
  { ...openaiHandlers, ...openaiModelHandlers },
  {
    prefixes: ['/v1'],
    guarded: '/v1/',
    describeFailure: (error) => ({
      body: toOpenaiFailure(error),
      // The official clients would otherwise ask again by themselves, and the room would have the question twice.
      headers: { 'x-should-retry': String(isUnheard(error.code)) },
    }),
    isRated: () => true,
    pageHeaders: ['X-Room-Id'],
  },
);
