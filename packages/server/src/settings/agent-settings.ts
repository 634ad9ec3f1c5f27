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
      'What happens when a message comes while an agent is at work on another one of the room: it waits, it takes its place, or it is not answered. A room may have a policy of its own.',
    why: 'Nothing that was said is passed over.',
  },
  invitesOnlyAgent: {
    env: ['INVITE_ONLY_AGENT'],
    schema: onOrOff.prefault('on'),
    accepts: 'on or off',
    about:
      'Where exactly one agent runs, it is in each group that a join or a message makes without naming an agent. Channels that are made over HTTP have those in them that are named.',
    why: 'Who names nobody waits for an answer all the same, and only one can be meant.',
  },
  maxAgentHops: {
    env: ['MAX_AGENT_HOPS'],
    schema: wholeNumber(0, 100).default(8),
    accepts: 'a whole number from 0 to 100',
    about: 'How often agents may answer each other without a person saying anything; 0: not at all.',
    why: 'Enough to settle something between two, and soon over when they cannot stop.',
  },
  roomTurnsPerHour: {
    env: ['ROOM_TURNS_PER_HOUR'],
    schema: wholeNumber(0, 1_000_000).default(0),
    accepts: 'a whole number; 0 is no limit',
    about: 'Turns that the agents of one room may take in an hour; then the room is frozen, and told so.',
    why: 'People are not counted out by default: agents alone are stopped by MAX_AGENT_HOPS.',
  },
  roomTokensPerHour: {
    env: ['ROOM_TOKENS_PER_HOUR'],
    schema: wholeNumber(0, 1_000_000_000).default(0),
    accepts: 'a whole number; 0 is no limit',
    about: 'Tokens that the models of one room may take and give in an hour.',
    why: 'As above; set it where strangers come in.',
  },
  roomCostPerHour: {
    env: ['ROOM_COST_PER_HOUR'],
    schema: z.coerce.number().min(0).max(1_000_000).default(0),
    accepts: 'US dollars; 0 is no limit',
    about: 'What the models of one room may cost in an hour, of characters whose `settings.price` is known.',
    why: 'As above.',
  },
  turnTimeoutMs: {
    env: ['TURN_TIMEOUT_MS'],
    schema: wholeNumber(100, 86_400_000).default(120_000),
    accepts: 'milliseconds from 100 to 86400000',
    about: 'Longest time an agent may take for one answer.',
    why: 'Slow models answer within a minute; nobody waits longer than two.',
  },
  turnConcurrency: {
    env: ['TURN_CONCURRENCY'],
    schema: wholeNumber(1, 1_000).default(32),
    accepts: 'a whole number from 1 to 1000',
    about:
      'Answers of one model under way at one time; the built-in Eliza is one of them. A model that hangs so holds up no other. Where there are several agents, each has at most three for each place of its model that is free. As many again for programs that lead a conversation over `/v1`.',
    why: 'Far below what providers allow, far above what one room needs.',
  },
  maxRoomTurns: {
    env: ['MAX_ROOM_TURNS'],
    schema: wholeNumber(1, 1_000_000).default(1_000),
    accepts: 'a whole number from 1 to 1000000',
    about:
      'Answers of one room that are under way, or wait. A message that asks for more is stored, and what it asks for ends at once, as `failed` with `too-many-turns`.',
    why: 'Nobody waits for the thousandth answer, and people can go on talking.',
  },
  maxOpenTurns: {
    env: ['MAX_OPEN_TURNS'],
    schema: wholeNumber(1, 10_000_000).default(20_000),
    accepts: 'a whole number from 1 to 10000000',
    about: 'The same of all rooms together.',
    why: 'An hour of work at five answers a second.',
  },
  stopTimeoutMs: {
    env: ['STOP_TIMEOUT_MS'],
    schema: wholeNumber(0, 600_000).default(1_500),
    accepts: 'milliseconds from 0 to 600000',
    about:
      'How long a stop waits for running answers; the rest is begun anew after the next start, and costs its tokens again.',
    why: 'A stop takes three seconds at most, whatever is open; nothing is lost by it.',
  },
  model: {
    env: ['ELIZAD_MODEL'],
    flag: 'model',
    schema: z.string().min(1).optional(),
    accepts: 'eliza, openai/<model>, anthropic/<model>, google/<model> or ollama/<model>',
    about: 'Model of characters that name none in `settings.model`.',
    why: 'None: the first provider with a key or an address, with a small model of its own.',
  },
  modelAttempts: {
    env: ['MODEL_ATTEMPTS'],
    schema: wholeNumber(1, 10).default(3),
    accepts: 'a whole number from 1 to 10',
    about:
      'Times that a model is asked before the next one of `settings.fallbackModels`, when it fails in a way that may pass and has said nothing yet.',
    why: 'What is overloaded is mostly back within seconds.',
  },
  embeddingModel: {
    env: ['EMBEDDING_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>, google/<model> or ollama/<model>',
    about:
      'Model by which memories are found by their meaning, for characters that name none in `settings.embeddingModel`.',
    why: 'None: it costs money, and what is said goes to its provider. Memories are then found by their words.',
  },
  speechModel: {
    env: ['SPEECH_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>',
    about: 'Model that speaks for characters that name none in `settings.speechModel`.',
    why: 'None: agents write.',
  },
  transcriptionModel: {
    env: ['TRANSCRIPTION_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>',
    about: 'Model that writes down what is spoken, for characters that name none in `settings.transcriptionModel`.',
    why: 'None.',
  },
  memory: {
    env: ['ELIZAD_MEMORY'],
    schema: z.enum(['on', 'off']).default('on'),
    accepts: 'on or off',
    about:
      'Whether agents learn facts from what is said and remember them. `settings.memory: false` of a character does it for one.',
    why: 'People expect not to be asked twice. Each look for facts is one request to the model of the agent.',
  },
  openaiApiKey: {
    env: ['OPENAI_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'Key of OpenAI, or of what OPENAI_BASE_URL points at.',
    why: 'None.',
    secret: true,
  },
  openaiBaseUrl: {
    env: ['OPENAI_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'Anything that speaks the OpenAI protocol.',
    why: 'None: OpenAI itself.',
  },
  openaiApi: {
    env: ['OPENAI_API'],
    schema: z.enum(['chat', 'responses']).optional(),
    accepts: 'chat or responses',
    about: 'Which of its two protocols OPENAI_BASE_URL speaks.',
    why: 'None: responses at OpenAI itself, where reasoning is kept between actions; chat elsewhere, which all speak.',
  },
  anthropicApiKey: {
    env: ['ANTHROPIC_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'Key of Anthropic.',
    why: 'None.',
    secret: true,
  },
  anthropicBaseUrl: {
    env: ['ANTHROPIC_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'Anything that speaks the Anthropic protocol.',
    why: 'None: Anthropic itself.',
  },
  googleApiKey: {
    env: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'Key of Google, for Gemini.',
    why: 'None. The names of Eliza OS, and of the clients of Google.',
    secret: true,
  },
  googleBaseUrl: {
    env: ['GOOGLE_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'Anything that speaks the protocol of Gemini.',
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
    accepts:
      'public, addresses such as http://localhost:11434, or both, with commas between them; none lets none be asked',
    about:
      'Which addresses of model providers agents may have that came over HTTP, with POST or PATCH of an agent. `public` is every one that the whole internet has; one on this machine or in a private network has to be listed. The environment and character files may name any.',
    why: 'Who may make agents could else read, through them, what only this machine or its network can reach.',
  },
} as const satisfies Record<string, Setting>;
