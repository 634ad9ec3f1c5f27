/**
 * A plugin as an author may write one, with an instant model that does what the last message says: `[[say Hello]]`. It is
 * copied into the projects of the test, and runs in their process.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

type Runtime = {
  readonly agentId: string;
  emitEvent(event: string, payload: object): Promise<void>;
  getRoomsForParticipant(id: string): Promise<string[]>;
  getMemories(params: object): Promise<{ content: { text?: string } }[]>;
  sendMessageToTarget(target: object, content: object): Promise<void>;
};
type Params = { readonly prompt: string; readonly stream?: boolean };
type Said = { readonly content: { readonly text?: string } };
type Callback = (content: object) => Promise<unknown>;
type Request = IncomingMessage & { query: Record<string, string>; params: Record<string, string>; body: unknown };
type Response = ServerResponse & { status(code: number): Response; json(value: unknown): void };

const once = (name: string): boolean => {
  const has = existsSync(name);
  if (!has) appendFileSync(name, '');
  return !has;
};
const note = (line: string) => appendFileSync('notes', `${line}\n`);
const answer = (text: string, actions = 'REPLY') =>
  `<response><thought>I was asked to.</thought><actions>${actions}</actions><providers></providers><text>${text}</text></response>`;

/** What a message asks for, as the words of the model. */
const orders: Record<string, (words: string, prompt: string) => string | Promise<string>> = {
  say: (words) => answer(words),
  roll: () => answer('', 'ROLL_DICE'),
  'roll-and-say': (words) => answer(words, 'ROLL_DICE,REPLY'),
  'slow-say': (words) => answer(words),
  work: () => answer('', 'WORK'),
  'work-and-say': (words) => answer(words, 'WORK,REPLY'),
  ignore: () => answer('', 'IGNORE'),
  recall: (words, prompt) =>
    answer(prompt.includes(words.split('').join('-')) ? 'I remember it.' : 'I do not know it.'),
  fail: (words) => {
    throw new Error(words);
  },
  garble: () => 'no form at all',
  'die-once': (words) => {
    if (once('died')) process.kill(process.pid, 'SIGKILL');
    return answer(words);
  },
  'die-in-action': () => answer('', 'EXPLODE'),
  'slow-then-roll': async () => {
    note('slow model');
    await new Promise((resolve) => setTimeout(resolve, 300));
    return answer('', 'ROLL_DICE');
  },
};

async function respond(runtime: Runtime, { prompt, stream }: Params): Promise<unknown> {
  const asked = [...prompt.matchAll(/\[\[([\w-]+) ?([^\]]*)\]\]/g)].at(-1);
  const text = await (orders[asked?.[1] ?? '']?.(asked?.[2] ?? '', prompt) ?? answer('I have no order.'));
  const tokens = { prompt: 100, completion: 10, total: 110 };
  await runtime.emitEvent('MODEL_USED', { source: 'lab', type: 'TEXT_LARGE', tokens });
  if (!stream) return text;
  async function* speak() {
    for (const word of text.split(/(?<= )/)) {
      if (asked?.[1] === 'slow-say') await new Promise((resolve) => setTimeout(resolve, 30));
      yield word;
    }
  }
  return { textStream: speak() };
}

export const lab = {
  name: 'lab',
  description: 'An action, a route, a panel, a service, and an instant model.',
  models: {
    TEXT_LARGE: respond,
    TEXT_SMALL: async (_runtime: Runtime, { prompt }: Params) => (/title/i.test(prompt) ? 'A fine title' : answer('')),
    TEXT_EMBEDDING: async () => new Array(384).fill(0.05),
    OBJECT_SMALL: async () => ({}),
    OBJECT_LARGE: async () => ({}),
    TEXT_TO_SPEECH: async (_runtime: Runtime, text: string) => Buffer.from(`RIFF ${text}`),
    TRANSCRIPTION: async (_runtime: Runtime, audio: Buffer) => `heard ${audio.length} bytes`,
  },
  actions: [
    {
      name: 'ROLL_DICE',
      description: 'Rolls a dice.',
      validate: async () => true,
      handler: async (_runtime: Runtime, _message: object, _state: object, _options: object, callback: Callback) => {
        note('rolled');
        await callback({ text: 'You rolled a 6.', actions: ['ROLL_DICE'] });
        return { success: true, text: 'a six' };
      },
    },
    {
      name: 'WORK',
      description: 'Takes its time, and notes what for.',
      validate: async () => true,
      handler: async (_runtime: Runtime, message: Said, _state: object, _options: object, callback: Callback) => {
        const [, name = ''] = /\[\[[\w-]+ ([^\]]*)\]\]/.exec(message.content.text ?? '') ?? [];
        note(`began ${name}`);
        await new Promise((resolve) => setTimeout(resolve, 120));
        await callback({ text: `Worked for ${name}.`, actions: ['WORK'] });
        note(`ended ${name}`);
        return { success: true, text: 'worked' };
      },
    },
    {
      name: 'EXPLODE',
      description: 'Ends the process.',
      validate: async () => true,
      handler: async () => {
        note('exploded');
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      },
    },
  ],
  routes: [
    {
      type: 'GET',
      path: '/panel',
      name: 'Dice',
      public: true,
      handler: async (_request: Request, response: Response) => {
        response.setHeader('content-type', 'text/html');
        response.end('<h1>Dice</h1>');
      },
    },
    {
      type: 'POST',
      path: '/echo/:name',
      handler: async ({ query, params, body, headers }: Request, response: Response) => {
        response.status(201).json({ query, params, body, names: Object.keys(headers).sort() });
      },
    },
    {
      type: 'PUT',
      path: '/raw/*',
      isMultipart: true,
      handler: async (request: Request, response: Response) => {
        let bytes = 0;
        for await (const piece of request) bytes += (piece as Buffer).length;
        response.writeHead(200).end(String(bytes));
      },
    },
    {
      type: 'POST',
      path: '/speak',
      handler: async (_request: Request, response: Response, runtime: Runtime) => {
        const rooms = await runtime.getRoomsForParticipant(runtime.agentId);
        const roomId = rooms.find((id) => id !== runtime.agentId);
        await runtime.sendMessageToTarget({ source: 'client_chat', roomId }, { text: 'By the way …' });
        response.json({ done: true });
      },
    },
    {
      type: 'GET',
      path: '/memories',
      handler: async (_request: Request, response: Response, runtime: Runtime) => {
        const rooms = await runtime.getRoomsForParticipant(runtime.agentId);
        const roomId = rooms.find((id) => id !== runtime.agentId);
        const memories = await runtime.getMemories({ tableName: 'messages', roomId, count: 1_000 });
        response.json(memories.map(({ content }) => content.text ?? ''));
      },
    },
    {
      type: 'GET',
      path: '/process',
      handler: async (_request: Request, response: Response) => {
        (globalThis as { gc?: () => void }).gc?.();
        const { heapUsed: heap, rss } = process.memoryUsage();
        const notes = existsSync('notes') ? readFileSync('notes', 'utf8').trim().split('\n') : [];
        response.json({ pid: process.pid, heap, rss, notes });
      },
    },
    {
      type: 'GET',
      path: '/broken',
      handler: async () => {
        throw new Error('the route is broken');
      },
    },
  ],
};
