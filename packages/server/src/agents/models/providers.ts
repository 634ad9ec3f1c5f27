/**
 * The providers of the AI SDK, each with the key and the address that belong to it. A provider's package loads when it is
 * first needed. Keys and addresses are always named: the SDK would else read others from the environment by itself.
 */
import type { Access, Provider } from './access.ts';

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
  // An empty key is one, so that none is looked for; and then no header shall say so.
  return createOpenAI({ apiKey: apiKey ?? '', baseURL, fetch: apiKey === undefined ? fetchWithoutKey : fetchWhole });
}

/** A form is put together before it leaves: Node throws, where nobody can catch it, when one is aborted half-way. */
const fetchWhole: typeof fetch = async (input, init) => {
  if (!(init?.body instanceof FormData)) return fetch(input, init);
  const form = new Response(init.body);
  const headers = new Headers(init.headers);
  headers.set('content-type', form.headers.get('content-type') ?? '');
  return fetch(input, { ...init, headers, body: await form.arrayBuffer() });
};

const fetchWithoutKey: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.delete('authorization');
  return fetchWhole(input, { ...init, headers });
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
  return createOpenAICompatible({ name: provider, ...place, includeUsage: true, supportsStructuredOutputs: true });
}

export async function openAnthropic({ anthropicApiKey, anthropicBaseUrl = homes.anthropic }: Access) {
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  return createAnthropic({ apiKey: anthropicApiKey ?? '', baseURL: anthropicBaseUrl });
}

export async function openGoogle({ googleApiKey, googleBaseUrl = homes.google }: Access) {
  const { createGoogle } = await import('@ai-sdk/google');
  return createGoogle({ apiKey: googleApiKey ?? '', baseURL: toGoogleV1(googleBaseUrl) });
}

/** Keys of a provider, which must not show in what it says. */
export function listSecrets(provider: Provider, access: Access): string[] {
  const { openaiApiKey, anthropicApiKey, googleApiKey } = access;
  const key = { openai: openaiApiKey, anthropic: anthropicApiKey, google: googleApiKey, ollama: undefined }[provider];
  return key ? [key] : [];
}

const trimSlash = (url: string): string => url.replace(/\/+$/, '');

/** Accepts the address in the spellings people have: bare, with `/api` as Ollama's own clients, with `/v1`. */
const toOllamaV1 = (url: string): string => `${trimSlash(url).replace(/\/(v1|api)$/, '')}/v1`;

/** Accepts the address bare, as Google's own clients take it, and with its version. */
function toGoogleV1(url: string): string {
  const trimmed = trimSlash(url);
  return /\/v\d\w*$/.test(trimmed) ? trimmed : `${trimmed}/v1beta`;
}
