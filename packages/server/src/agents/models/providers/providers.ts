/**
 * The providers of the AI SDK, each with the key and the address that belong to it. A provider's package loads when it is
 * first needed. Keys and addresses are always named: the SDK would else read others from the environment by itself.
 */
import { ElizadError } from 'elizad-protocol';
import type { Access, Provider } from './access.ts';
import { createProviderFetch } from './provider-fetch.ts';

/** Where each provider is at home. */
const homes = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
};

/** Whether OpenAI itself is meant, not something else that speaks its protocol. */
export const isOpenAiItself = ({ openaiBaseUrl }: Access): boolean =>
  !openaiBaseUrl || /^https:\/\/api\.openai\.com(\/|$)/.test(openaiBaseUrl);

/** OpenAI at any address, also where no key is needed. */
export async function openOpenAi(access: Access) {
  const { createOpenAI } = await import('@ai-sdk/openai');
  const { openaiApiKey: apiKey, openaiBaseUrl = homes.openai } = access;
  const baseURL = isOpenAiItself(access) ? homes.openai : trimSlash(openaiBaseUrl);
  const ask = createProviderFetch('openai', access);
  // An empty key is one, so that none is looked for; and then no header shall say so.
  return createOpenAI({ apiKey: apiKey ?? '', baseURL, fetch: apiKey === undefined ? withoutKey(ask) : ask });
}

const withoutKey =
  (ask: typeof fetch): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete('authorization');
    return ask(input, { ...init, headers });
  };

/** What speaks OpenAI's chat protocol: Ollama, or whatever is at the address of OpenAI. */
export async function openCompatible(provider: 'openai' | 'ollama', access: Access) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const { openaiApiKey, openaiBaseUrl = homes.openai, ollamaBaseUrl = '' } = access;
  const place =
    provider === 'ollama'
      ? { baseURL: toOllamaV1(ollamaBaseUrl) }
      : { baseURL: trimSlash(openaiBaseUrl), apiKey: openaiApiKey };
  // Ollama, llama.cpp, vLLM and OpenRouter take a schema, and LM Studio takes nothing else; of the few that refuse it the
  // same is asked again in words.
  const common = { includeUsage: true, supportsStructuredOutputs: true, fetch: createProviderFetch(provider, access) };
  return createOpenAICompatible({ name: provider, ...place, ...common });
}

export async function openAnthropic(access: Access) {
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const { anthropicApiKey: apiKey = '', anthropicBaseUrl: baseURL = homes.anthropic } = access;
  return createAnthropic({ apiKey, baseURL, fetch: createProviderFetch('anthropic', access) });
}

export async function openGoogle(access: Access) {
  const { createGoogle } = await import('@ai-sdk/google');
  const { googleApiKey: apiKey = '', googleBaseUrl = homes.google } = access;
  return createGoogle({ apiKey, baseURL: toGoogleV1(googleBaseUrl), fetch: createProviderFetch('google', access) });
}

/** A name that is put into a path must not lead out of it: the key goes along. Throws `model-not-found`. */
export function asPath(model: string): string {
  if (/[^\w.:/@-]|\.\./.test(model)) throw new ElizadError('model-not-found');
  return model;
}

/** Keys of a provider, which must not show in what it says. */
export function listSecrets(provider: Provider, access: Access): string[] {
  const { openaiApiKey, anthropicApiKey, googleApiKey } = access;
  const key = { openai: openaiApiKey, anthropic: anthropicApiKey, google: googleApiKey, ollama: undefined }[provider];
  return key ? [key] : [];
}

function trimSlash(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/** Accepts the address in the spellings people have: bare, with `/api` as Ollama's own clients, with `/v1`. */
const toOllamaV1 = (url: string): string => `${trimSlash(url).replace(/\/(v1|api)$/, '')}/v1`;

/** Accepts the address bare, as Google's own clients take it, and with its version. */
function toGoogleV1(url: string): string {
  const trimmed = trimSlash(url);
  return /\/v\d\w*$/.test(trimmed) ? trimmed : `${trimmed}/v1beta`;
}
