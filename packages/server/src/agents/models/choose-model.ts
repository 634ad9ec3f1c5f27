/**
 * Which model an agent thinks with: its character's `settings.model` first, then the first provider that has a key or
 * an address, then the built-in Eliza. Nothing is loaded here; a provider's package loads at the first stream.
 */
import { type AiSdkModelOptions, createAiSdkModel } from './ai-sdk-model.ts';
import { elizaModel } from './eliza/eliza-model.ts';
import type { Model } from './model.ts';
import { askAgainWithoutFiles } from './without-files.ts';

export type ModelEnv = {
  openaiApiKey?: string;
  openaiBaseUrl?: string;
  anthropicApiKey?: string;
  anthropicBaseUrl?: string;
  ollamaBaseUrl?: string;
};

type Provider = 'openai' | 'anthropic' | 'ollama';
type Choice = { provider: Provider; model: string };

const defaultModels: Record<Provider, string> = {
  // The small one that OpenAI's own SDK page leads with; servers behind OPENAI_BASE_URL with one model ignore the name.
  openai: 'gpt-6-luna',
  // The small one that Anthropic's SDK page leads with: talk wants speed more than depth.
  anthropic: 'claude-haiku-5-5',
  // The default of Eliza OS's Ollama plugin: 2 GB, runs on a laptop.
  ollama: 'llama3.2',
};

const variableOf: Record<Provider, string> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  ollama: 'OLLAMA_BASE_URL',
};

/** Never throws: a model whose key is missing says so in the name, and in a failure at each stream. */
export function chooseModel(
  character: { name: string; settings?: Record<string, unknown>; secrets?: Record<string, unknown> },
  env: ModelEnv,
  log?: AiSdkModelOptions['log'],
): Model {
  const own = { ...character.secrets, ...asRecord(character.settings?.secrets) };
  const access = mergeAccess(own, env);
  const wanted = character.settings?.model;
  const choice =
    typeof wanted === 'string' && wanted.trim() ? parseChoice(wanted.trim(), access) : chooseDefault(access);
  if (choice === 'eliza') return elizaModel;
  if (!isReachable(choice.provider, access)) return createUnreachable(choice);
  return askAgainWithoutFiles(createProviderModel(choice, access, log), log);
}

/** The character's own keys win. The server's key never goes to an address that came with a character. */
function mergeAccess(own: Record<string, unknown>, env: ModelEnv): ModelEnv {
  const text = (value: unknown) => (typeof value === 'string' && value.trim() ? value.trim() : undefined);
  const openaiBaseUrl = text(own.OPENAI_BASE_URL);
  const anthropicBaseUrl = text(own.ANTHROPIC_BASE_URL);
  return {
    openaiApiKey: text(own.OPENAI_API_KEY) ?? (openaiBaseUrl ? undefined : text(env.openaiApiKey)),
    openaiBaseUrl: openaiBaseUrl ?? text(env.openaiBaseUrl),
    anthropicApiKey: text(own.ANTHROPIC_API_KEY) ?? (anthropicBaseUrl ? undefined : text(env.anthropicApiKey)),
    anthropicBaseUrl: anthropicBaseUrl ?? text(env.anthropicBaseUrl),
    ollamaBaseUrl: text(own.OLLAMA_BASE_URL) ?? text(env.ollamaBaseUrl),
  };
}

function isReachable(provider: Provider, access: ModelEnv): boolean {
  if (provider === 'openai') return Boolean(access.openaiApiKey ?? access.openaiBaseUrl);
  return Boolean(provider === 'anthropic' ? access.anthropicApiKey : access.ollamaBaseUrl);
}

function parseChoice(wanted: string, access: ModelEnv): Choice | 'eliza' {
  if (wanted.toLowerCase() === 'eliza') return 'eliza';
  const [, provider, model] = /^(openai|anthropic|ollama)(?:\/(.*))?$/i.exec(wanted) ?? [];
  if (provider) {
    const known = provider.toLowerCase() as Provider;
    return { provider: known, model: model || defaultModels[known] };
  }
  // Not `gpt-oss`: OpenAI gives it away and serves it nowhere.
  if (/^(gpt-(?!oss)|chatgpt-|o\d)/.test(wanted)) return { provider: 'openai', model: wanted };
  if (wanted.startsWith('claude-')) return { provider: 'anthropic', model: wanted };
  const order: Provider[] = ['openai', 'anthropic', 'ollama'];
  return { provider: order.find((candidate) => isReachable(candidate, access)) ?? 'openai', model: wanted };
}

function chooseDefault(access: ModelEnv): Choice | 'eliza' {
  const choose = (provider: Provider): Choice => ({ provider, model: defaultModels[provider] });
  if (access.openaiApiKey) return choose('openai');
  if (access.anthropicApiKey) return choose('anthropic');
  if (access.openaiBaseUrl) return choose('openai');
  return access.ollamaBaseUrl ? choose('ollama') : 'eliza';
}

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

function createProviderModel({ provider, model }: Choice, access: ModelEnv, log: AiSdkModelOptions['log']): Model {
  const name = `${provider}/${model}`;
  const { openaiApiKey, openaiBaseUrl, anthropicApiKey, anthropicBaseUrl, ollamaBaseUrl } = access;
  if (provider === 'anthropic') {
    const languageModel = async () => {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      // Named even when it is the usual one: the SDK would else read an address from the environment by itself.
      return createAnthropic({ apiKey: anthropicApiKey, baseURL: anthropicBaseUrl ?? 'https://api.anthropic.com/v1' })(
        model,
      );
    };
    return createAiSdkModel({ name, languageModel, secrets: listSecrets(anthropicApiKey), log });
  }
  const baseUrl = provider === 'ollama' ? toOllamaV1(ollamaBaseUrl ?? '') : openaiBaseUrl?.replace(/\/+$/, '');
  const apiKey = provider === 'ollama' ? undefined : openaiApiKey;
  if (!baseUrl || /^https:\/\/api\.openai\.com(\/|$)/.test(baseUrl)) {
    const languageModel = async () => {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI({ apiKey, baseURL: 'https://api.openai.com/v1' })(model);
    };
    // `store`: OpenAI would else keep what people say for thirty days.
    return createAiSdkModel({
      name,
      languageModel,
      providerOptions: { openai: { store: false } },
      secrets: listSecrets(apiKey),
      log,
    });
  }
  const languageModel = async () => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({ name: provider, baseURL: baseUrl, apiKey, includeUsage: true })(model);
  };
  return createAiSdkModel({ name, languageModel, secrets: listSecrets(apiKey), log });
}

/** Accepts the address in the spellings people have: bare, with `/api` as Ollama's own clients, with `/v1`. */
function toOllamaV1(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/(v1|api)$/, '')}/v1`;
}

function listSecrets(key: string | undefined): string[] {
  return key ? [key] : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
