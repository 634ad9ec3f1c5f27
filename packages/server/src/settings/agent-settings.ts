/** The settings of agents: their turns and budgets, their models and keys, their memory. */
import { turnPolicies } from 'elizad-protocol';
import { z } from 'zod';
import { httpUrl, list, onOrOff, type Setting, secret, wholeNumber } from './setting.ts';

/** Each a word, or an address of which the scheme, the name and the port count. */
const modelAddresses = list
  .pipe(z.array(z.union([z.enum(['public', 'none']), httpUrl.transform((url) => new URL(url).origin)])))
  .prefault('public');

export const agentSettings = {
  turnPolicy: {
    env: ['TURN_POLICY'],
    schema: z.enum(turnPolicies).default('queue'),
    accepts: 'queue, supersede or reject',
    about:
      'What happens to a message that arrives while the agent is busy with another message of the room: it waits (`queue`), replaces the other (`supersede`), or is not answered (`reject`). A room may have its own policy.',
    why: 'Every message is answered.',
  },
  invitesOnlyAgent: {
    env: ['INVITE_ONLY_AGENT'],
    schema: onOrOff.prefault('on'),
    accepts: 'on or off',
    about:
      'If exactly one agent is running, it is added to every group that a join or a message creates without naming an agent. Channels created over HTTP contain only the participants that the request names.',
    why: 'Clients that name no agent still expect an answer, and only one agent can give it.',
  },
  maxAgentHops: {
    env: ['MAX_AGENT_HOPS'],
    schema: wholeNumber(0, 100).default(8),
    accepts: 'a whole number from 0 to 100',
    about: 'How many times agents may answer each other without a message from a person; 0 means never.',
    why: 'Enough for two agents to settle a question, and short enough to end a loop quickly.',
  },
  roomTurnsPerHour: {
    env: ['ROOM_TURNS_PER_HOUR'],
    schema: wholeNumber(0, 1_000_000).default(0),
    accepts: 'a whole number; 0 is no limit',
    about: 'Turns that the agents of one room may take in an hour. After that the room is frozen and notified.',
    why: 'By default people are not limited; MAX_AGENT_HOPS stops agents that only answer each other.',
  },
  roomTokensPerHour: {
    env: ['ROOM_TOKENS_PER_HOUR'],
    schema: wholeNumber(0, 1_000_000_000).default(0),
    accepts: 'a whole number; 0 is no limit',
    about: 'Input and output tokens that the models of one room may use in an hour.',
    why: 'As above; set it if strangers can join.',
  },
  roomCostPerHour: {
    env: ['ROOM_COST_PER_HOUR'],
    schema: z.coerce.number().min(0).max(1_000_000).default(0),
    accepts: 'US dollars; 0 is no limit',
    about: 'What the models of one room may cost in an hour. Only characters with `settings.price` count.',
    why: 'As above.',
  },
  turnTimeoutMs: {
    env: ['TURN_TIMEOUT_MS'],
    schema: wholeNumber(100, 86_400_000).default(120_000),
    accepts: 'milliseconds from 100 to 86400000',
    about: 'The longest time that an agent may take for one answer.',
    why: 'Slow models answer within a minute, and people do not wait longer than two.',
  },
  turnConcurrency: {
    env: ['TURN_CONCURRENCY'],
    schema: wholeNumber(1, 1_000).default(32),
    accepts: 'a whole number from 1 to 1000',
    about:
      'Answers that one model (the built-in Eliza included) may give at the same time, so a model that hangs does not delay the others. With several agents, each has at most three for every free slot of its model. Programs that lead a conversation over `/v1` get as many slots again.',
    why: 'Far below what providers allow, and far above what one room needs.',
  },
  maxRoomTurns: {
    env: ['MAX_ROOM_TURNS'],
    schema: wholeNumber(1, 1_000_000).default(1_000),
    accepts: 'a whole number from 1 to 1000000',
    about:
      'Answers of one room that may be in progress or waiting. A message that would cause more is stored, and its further answers end at once as `failed` with `too-many-turns`.',
    why: 'Nobody waits for the thousandth answer, and people can keep talking.',
  },
  maxOpenTurns: {
    env: ['MAX_OPEN_TURNS'],
    schema: wholeNumber(1, 10_000_000).default(20_000),
    accepts: 'a whole number from 1 to 10000000',
    about: 'The same for all rooms together.',
    why: 'An hour of work at five answers per second.',
  },
  stopTimeoutMs: {
    env: ['STOP_TIMEOUT_MS'],
    schema: wholeNumber(0, 600_000).default(1_500),
    accepts: 'milliseconds from 0 to 600000',
    about:
      'How long a stop waits for answers in progress. Unfinished answers start again after the next start and use their tokens a second time.',
    why: 'A stop takes at most three seconds, whatever is open, and loses nothing.',
  },
  projects: {
    env: ['ELIZAD_PROJECTS'],
    flag: 'project',
    schema: list.default([]),
    accepts: 'folders of Eliza OS projects, separated by commas',
    about:
      'Eliza OS projects whose agents run here, with their plugins, each project in a process of its own. The folder is the one with the package.json, after its install. Empty: none.',
    why: 'The working directory, if it is such a project: `cd my-project && npx elizad`.',
  },
  model: {
    env: ['ELIZAD_MODEL'],
    flag: 'model',
    schema: z.string().min(1).optional(),
    accepts: 'eliza, openai/<model>, anthropic/<model>, google/<model> or ollama/<model>',
    about: 'The model for characters without `settings.model`.',
    why: 'None: the server uses a small model of the first provider that has a key or an address.',
  },
  modelAttempts: {
    env: ['MODEL_ATTEMPTS'],
    schema: wholeNumber(1, 10).default(3),
    accepts: 'a whole number from 1 to 10',
    about:
      'How many times a model is asked before the next one in `settings.fallbackModels` is used. Only temporary failures before the first output are retried.',
    why: 'Overloaded providers usually recover within seconds.',
  },
  embeddingModel: {
    env: ['EMBEDDING_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>, google/<model> or ollama/<model>',
    about: 'The model that finds memories by meaning, for characters without `settings.embeddingModel`.',
    why: 'None: it costs money, and its provider gets the messages. Without it, memories are found by their words.',
  },
  speechModel: {
    env: ['SPEECH_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>',
    about: 'The speech model for characters without `settings.speechModel`.',
    why: 'None: agents only write.',
  },
  transcriptionModel: {
    env: ['TRANSCRIPTION_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>',
    about: 'The transcription model for characters without `settings.transcriptionModel`.',
    why: 'None.',
  },
  memory: {
    env: ['ELIZAD_MEMORY'],
    schema: z.enum(['on', 'off']).default('on'),
    accepts: 'on or off',
    about:
      'Whether agents learn facts from messages and remember them. `settings.memory: false` in a character turns it off for that agent.',
    why: "People expect not to be asked twice. Each search for facts is one request to the agent's model.",
  },
  openaiApiKey: {
    env: ['OPENAI_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'The key of OpenAI, or of the server at OPENAI_BASE_URL.',
    why: 'None.',
    secret: true,
  },
  openaiBaseUrl: {
    env: ['OPENAI_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'A server that speaks the OpenAI protocol.',
    why: 'None: OpenAI itself.',
  },
  openaiApi: {
    env: ['OPENAI_API'],
    schema: z.enum(['chat', 'responses']).optional(),
    accepts: 'chat or responses',
    about: 'Which of the two OpenAI protocols to use.',
    why: 'None: `responses` for OpenAI itself, which keeps reasoning between actions; `chat` elsewhere, because every server supports it.',
  },
  anthropicApiKey: {
    env: ['ANTHROPIC_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'The key of Anthropic.',
    why: 'None.',
    secret: true,
  },
  anthropicBaseUrl: {
    env: ['ANTHROPIC_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'A server that speaks the Anthropic protocol.',
    why: 'None: Anthropic itself.',
  },
  googleApiKey: {
    env: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'The key of Google, for Gemini.',
    why: "None. The names are those of Eliza OS and of Google's clients.",
    secret: true,
  },
  googleBaseUrl: {
    env: ['GOOGLE_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'A server that speaks the Gemini protocol.',
    why: 'None: Google itself.',
  },
  ollamaBaseUrl: {
    env: ['OLLAMA_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'An Ollama server.',
    why: 'None.',
  },
  modelAddresses: {
    env: ['MODEL_ADDRESSES'],
    schema: modelAddresses,
    accepts: 'public, addresses such as http://localhost:11434, or both, separated by commas; none allows no address',
    about:
      'Which addresses of model providers may be set over HTTP (POST or PATCH of an agent). `public` allows every public internet address; addresses on this machine or in a private network must be listed. The environment and character files may name any address.',
    why: 'Otherwise, anyone who may create agents could use them to read what only this machine or its network can reach.',
  },
} as const satisfies Record<string, Setting>;
