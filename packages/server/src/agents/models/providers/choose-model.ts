/**
 * Which model an agent thinks with: its character's `settings.model` first, then the first provider that has a key or
 * an address, then the built-in Eliza. Nothing is loaded here; a provider's package loads at the first stream.
 */
import { elizaModel } from '../eliza/eliza-model.ts';
import type { Model } from '../model.ts';
import { createReliableModel } from '../reliable-model.ts';
import { askAgainWithoutFiles } from '../without-files.ts';
import {
  type Access,
  type Choice,
  findProvider,
  isReachable,
  type ModelCharacter,
  mergeAccess,
  order,
  type Provider,
  parseChoice,
  readModelName,
  variableOf,
} from './access.ts';
import { type AiSdkModelOptions, createAiSdkModel } from './ai-sdk-model.ts';
import {
  asPath,
  isOpenAiItself,
  listSecrets,
  openAnthropic,
  openCompatible,
  openGoogle,
  openOpenAi,
} from './providers.ts';

/** `modelAttempts`: times that one model is asked, default 1. */
export type ModelEnv = Access & { readonly modelAttempts?: number };

export type ModelLog = { debug(fields: object, message: string): void; warn(fields: object, message: string): void };

const defaultModels: Record<Provider, string> = {
  // The small one that OpenAI's own SDK page leads with; servers behind OPENAI_BASE_URL with one model ignore the name.
  openai: 'gpt-6-luna',
  // The small one that Anthropic's SDK page leads with: talk wants speed more than depth.
  anthropic: 'claude-haiku-5-5',
  // The newest small one in the table of Google's SDK that is no preview.
  google: 'gemini-3.5-flash-lite',
  // The default of Eliza OS's Ollama plugin: 2 GB, runs on a laptop.
  ollama: 'llama3.2',
};

/** Fallbacks of one character, at most. */
const mostFallbacks = 8;

/** Never throws: a model whose key is missing says so in the name, and in a failure at each stream. */
export function chooseModel(character: ModelCharacter, env: ModelEnv, log?: ModelLog): Model {
  const access = mergeAccess(character, env);
  const wanted = readModelName(character.settings?.model);
  const choice = wanted ? parseModel(wanted, access) : chooseDefault(access);
  if (choice === 'eliza') return elizaModel;
  const canReach = isReachable(choice.provider, access);
  const model = canReach ? createProviderModel(choice, access, log) : createUnreachable(choice);
  const fallbacks = chooseFallbacks(character, access, log).filter(({ name }) => name !== model.name);
  const attempts = canReach ? (env.modelAttempts ?? 1) : 1;
  if (fallbacks.length === 0 && attempts === 1) return model;
  return createReliableModel({ name: model.name, models: [model, ...fallbacks], attempts, log });
}

/** The name of a model that was chosen for a character, with the address at which it is asked where that was set. */
export function describeModelPlace({ name }: Model, character: ModelCharacter, env: ModelEnv): string {
  const access = mergeAccess(character, env);
  const provider = order.find((one) => name.startsWith(`${one}/`));
  return `${name} ${(provider && access[`${provider}BaseUrl`]) ?? ''}`;
}

const parseModel = (wanted: string, access: Access): Choice | 'eliza' =>
  wanted.toLowerCase() === 'eliza' ? 'eliza' : parseChoice(wanted, access, defaultModels);

function chooseDefault(access: Access): Choice | 'eliza' {
  const provider = findProvider(access);
  return provider ? { provider, model: defaultModels[provider] } : 'eliza';
}

/** Those that can be asked; the others are told of once, here. */
function chooseFallbacks({ name, settings }: ModelCharacter, access: Access, log?: ModelLog): Model[] {
  const listed: unknown = settings?.fallbackModels;
  const names = (Array.isArray(listed) ? listed : []).flatMap((one) => readModelName(one) ?? []);
  return names.slice(0, mostFallbacks).flatMap((wanted) => {
    const choice = parseModel(wanted, access);
    if (choice === 'eliza') return [talkingEliza];
    if (isReachable(choice.provider, access)) return [createProviderModel(choice, access, log)];
    const missing = variableOf[choice.provider];
    log?.warn({ agentName: name, fallback: wanted, missing }, 'a fallback model is left out: there is no key for it');
    return [];
  });
}

/** Eliza in the place of another model: she talks, but where JSON or a call was to be the answer she cannot. */
const talkingEliza: Model = {
  name: elizaModel.name,
  async *stream(request, signal) {
    const { output, toolChoice = 'auto' } = request;
    const isWanted = output === undefined && (toolChoice === 'auto' || toolChoice === 'none');
    if (isWanted) yield* elizaModel.stream(request, signal);
    else if (!signal.aborted)
      yield { type: 'failure', code: 'model-refused', detail: 'Eliza gives no JSON, and calls nothing' };
  },
};

function createUnreachable({ provider, model }: Choice): Model {
  const variable = variableOf[provider];
  return {
    name: `${provider}/${model} (no ${variable})`,
    async *stream(_request, signal) {
      if (signal.aborted) return;
      const detail = `settings.model asks for ${provider}/${model}, but ${variable} is not set`;
      yield { type: 'failure', code: 'model-unauthorized', detail };
    },
  };
}

function createProviderModel(choice: Choice, access: Access, log?: ModelLog): Model {
  const { provider, model } = choice;
  const secrets = listSecrets(provider, access);
  const asked = createAiSdkModel({
    name: `${provider}/${model}`,
    secrets,
    log,
    // What speaks OpenAI's protocols is told apart; the others have one way.
    ...((provider === 'openai' || provider === 'ollama') && { strictOption: provider }),
    ...openModel(choice, access),
  });
  return askAgainWithoutFiles(asked, log);
}

function openModel(
  { provider, model }: Choice,
  access: Access,
): Pick<AiSdkModelOptions, 'languageModel' | 'providerOptions'> {
  if (provider === 'anthropic') return { languageModel: async () => (await openAnthropic(access))(model) };
  if (provider === 'google') return { languageModel: async () => (await openGoogle(access))(asPath(model)) };
  if (provider === 'ollama') return { languageModel: async () => (await openCompatible('ollama', access))(model) };
  const { openaiApi = isOpenAiItself(access) ? 'responses' : 'chat' } = access;
  if (openaiApi === 'responses')
    return {
      languageModel: async () => (await openOpenAi(access)).responses(model),
      // OpenAI would else keep what people say for thirty days.
      providerOptions: { openai: { store: false } },
    };
  if (isOpenAiItself(access)) return { languageModel: async () => (await openOpenAi(access)).chat(model) };
  return { languageModel: async () => (await openCompatible('openai', access))(model) };
}
