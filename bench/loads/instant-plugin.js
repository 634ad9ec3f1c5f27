/**
 * A plugin for a project of Eliza OS: models that take no time, and the memory of the process. It is copied into the projects of
 * the bench, and runs in them, on Node and on Bun.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const answer =
  '<response><thought>They generalize.</thought><actions>REPLY</actions><providers></providers><text>In what way?</text></response>';

async function answerAtOnce(_runtime, { stream }) {
  if (!stream) return answer;
  async function* speak() {
    yield answer;
  }
  return { textStream: speak() };
}

export const instant = {
  name: 'instant',
  description: 'Models that take no time.',
  models: {
    TEXT_LARGE: answerAtOnce,
    TEXT_SMALL: answerAtOnce,
    TEXT_EMBEDDING: async () => new Array(384).fill(0.05),
    OBJECT_SMALL: async () => ({}),
    OBJECT_LARGE: async () => ({}),
  },
  routes: [
    {
      type: 'GET',
      path: '/heap',
      handler: async (_request, response) => {
        setFlagsFromString('--expose-gc');
        runInNewContext('gc')();
        response.json({ heapBytes: process.memoryUsage().heapUsed });
      },
    },
  ],
};
