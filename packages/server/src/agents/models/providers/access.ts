/**
 * Keys and addresses of model providers: the server's, and a character's own, which win. And which provider is meant by a
 * name such as `openai/gpt-x`.
 */

export type Provider = 'openai' | 'anthropic' | 'google' | 'ollama';

export type Access = {
  readonly openaiApiKey?: string;
  readonly openaiBaseUrl?: string;
  /** Which of its two protocols the address of OpenAI speaks; nothing: whatever is usual there. */
  readonly openaiApi?: 'chat' | 'responses';
  readonly anthropicApiKey?: string;
  readonly anthropicBaseUrl?: string;
  readonly googleApiKey?: string;
  readonly googleBaseUrl?: string;
  readonly ollamaBaseUrl?: string;
  /** Providers whose address came over HTTP, and which such addresses may be asked: see the setting. */
  readonly foreign?: readonly Provider[];
  readonly modelAddresses?: readonly string[];
};

/** A model of a provider, such as `openai` and `gpt-x`. */
export type Choice = { readonly provider: Provider; readonly model: string };

/** What of a character says which models it has. */
export type ModelCharacter = {
  readonly name: string;
  readonly settings?: Record<string, unknown>;
  readonly secrets?: Record<string, unknown>;
  /** The names of those of its secrets that came over HTTP, and not from a character file. */
  readonly foreign?: readonly string[];
};

export const order: readonly Provider[] = ['openai', 'anthropic', 'google', 'ollama'];

/** What has to be set for a provider, as people are told. */
export const variableOf: Record<Provider, string> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  ollama: 'OLLAMA_BASE_URL',
};

/** Where each provider's address stands, as a variable and among the secrets of a character. */
export const addressOf: Record<Provider, string> = {
  openai: 'OPENAI_BASE_URL',
  anthropic: 'ANTHROPIC_BASE_URL',
  google: 'GOOGLE_BASE_URL',
  ollama: 'OLLAMA_BASE_URL',
};

/** The text without blanks around it; nothing for a blank one, and for what is no text. */
export const readText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() ? value.trim() : undefined;

/** Longest name of a model: it stands in each turn, each line of the log and each look at the world. */
const mostOfName = 200;

export const readModelName = (value: unknown): string | undefined => readText(value)?.slice(0, mostOfName);

/** The character's own keys win. The server's key never goes to an address that came with a character. */
export function mergeAccess({ secrets, settings, foreign = [] }: ModelCharacter, env: Access): Access {
  const own: Record<string, unknown> = { ...secrets, ...asRecord(settings?.secrets) };
  const find = (...names: string[]) => names.map((name) => readText(own[name])).find(Boolean);
  const openaiBaseUrl = find('OPENAI_BASE_URL');
  const anthropicBaseUrl = find('ANTHROPIC_BASE_URL');
  const googleBaseUrl = find('GOOGLE_BASE_URL');
  const openaiApi = find('OPENAI_API');
  const isForeign = (provider: Provider) => {
    const address = foreign.includes(addressOf[provider]) ? find(addressOf[provider]) : undefined;
    return address !== undefined && address !== readText(env[`${provider}BaseUrl`]);
  };
  return {
    openaiApiKey: find('OPENAI_API_KEY') ?? (openaiBaseUrl ? undefined : readText(env.openaiApiKey)),
    openaiBaseUrl: openaiBaseUrl ?? readText(env.openaiBaseUrl),
    openaiApi:
      openaiApi === 'chat' || openaiApi === 'responses' ? openaiApi : openaiBaseUrl ? undefined : env.openaiApi,
    anthropicApiKey: find('ANTHROPIC_API_KEY') ?? (anthropicBaseUrl ? undefined : readText(env.anthropicApiKey)),
    anthropicBaseUrl: anthropicBaseUrl ?? readText(env.anthropicBaseUrl),
    googleApiKey:
      find('GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY') ??
      (googleBaseUrl ? undefined : readText(env.googleApiKey)),
    googleBaseUrl: googleBaseUrl ?? readText(env.googleBaseUrl),
    ollamaBaseUrl: find('OLLAMA_BASE_URL') ?? readText(env.ollamaBaseUrl),
    foreign: order.filter(isForeign),
    modelAddresses: env.modelAddresses,
  };
}

/** Whether there is what the provider needs: a key, or an address where no key is needed. */
export function isReachable(provider: Provider, access: Access): boolean {
  if (provider === 'openai') return Boolean(access.openaiApiKey ?? access.openaiBaseUrl);
  if (provider === 'anthropic') return Boolean(access.anthropicApiKey);
  return Boolean(provider === 'google' ? access.googleApiKey : access.ollamaBaseUrl);
}

/** The model that a name means: `<provider>/<model>`, a provider alone, or a name that tells whose it is. */
export function parseChoice(wanted: string, access: Access, defaults: Record<Provider, string>): Choice {
  const [, provider, model] = /^(openai|anthropic|google|ollama)(?:\/(.*))?$/i.exec(wanted) ?? [];
  if (provider) {
    const known = provider.toLowerCase() as Provider;
    return { provider: known, model: model || defaults[known] };
  }
  // Not `gpt-oss`: OpenAI gives it away and serves it nowhere.
  if (/^(gpt-(?!oss)|chatgpt-|o\d)/.test(wanted)) return { provider: 'openai', model: wanted };
  if (wanted.startsWith('claude-')) return { provider: 'anthropic', model: wanted };
  if (wanted.startsWith('gemini-')) return { provider: 'google', model: wanted };
  return { provider: order.find((candidate) => isReachable(candidate, access)) ?? 'openai', model: wanted };
}

/** The first provider that there is a key for, then the first that there is an address for. */
export function findProvider(access: Access): Provider | undefined {
  const keyed: Provider | undefined = access.openaiApiKey ? 'openai' : access.anthropicApiKey ? 'anthropic' : undefined;
  return keyed ?? (['google', 'openai', 'ollama'] as const).find((provider) => isReachable(provider, access));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
