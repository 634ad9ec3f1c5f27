/** What went wrong at a provider, as a code of our table and words for the log that hold no key and nobody's text. */
import { ElizadError, type ErrorCode } from 'elizad-protocol';
import { findEchoes } from './echoes.ts';

/** What an error tells, before anything that must not be told is taken out. */
export type Diagnosis = { code: ErrorCode; words?: string; retryAfterMs?: number };

const maxDetail = 300;

/** The stream ended in order, but without the provider's own word that it was the end. */
export function diagnoseSilence(said: boolean): Diagnosis {
  return { code: said ? 'model-cut' : 'model-empty', words: 'the stream ended without a finish' };
}

/** By shape and name, not by class: the classes would have to be loaded, and providers bundle copies of them. */
export function diagnoseError(error: unknown, said: boolean): Diagnosis {
  const fields = asRecord(error);
  const name = typeof fields.name === 'string' ? fields.name : 'Error';
  const message = typeof fields.message === 'string' ? fields.message : '';
  const own = listCauses(error).find((cause) => cause instanceof ElizadError);
  if (own) return { code: own.code, ...(own.details.issues?.[0] && { words: own.details.issues[0].message }) };
  if (name === 'AI_LoadAPIKeyError') return { code: 'model-unauthorized', words: 'there is no key' };
  if (name === 'AI_NoSuchModelError') return { code: 'model-not-found' };
  if (name === 'AI_UnsupportedFunctionalityError') return { code: 'model-refused', words: 'it takes no such file' };
  if (name === 'AI_InvalidResponseDataError' || name === 'AI_NoOutputGeneratedError') return diagnoseSilence(said);
  // These two quote the chunk in their message, and the chunk is text of the answer.
  if (name === 'AI_JSONParseError' || name === 'AI_TypeValidationError') {
    return { code: 'model-cut', words: 'the provider sent a chunk that cannot be read' };
  }
  const status = findStatus(fields) ?? (error instanceof Error || !message ? undefined : 500);
  if (status !== undefined && status >= 400) {
    const details = listDetails(fields.data);
    const retryAfterMs = readRetryAfter(asRecord(fields.responseHeaders)) ?? readRetryDelay(details);
    const isWrongKey = details.some(({ reason }) => reason === 'API_KEY_INVALID');
    return {
      code: isWrongKey ? 'model-unauthorized' : codeOfStatus(status),
      words: `${status} ${message}`,
      retryAfterMs,
    };
  }
  const network = findNetworkCause(error);
  // Node says `terminated` when the body breaks after the headers came: something did answer.
  if (message === 'terminated') return { code: 'model-cut', words: network ?? message };
  if (network) return { code: said ? 'model-cut' : 'model-unreachable', words: network };
  if (message.includes('URL that includes credentials')) {
    return { code: 'model-unreachable', words: 'the base URL may not hold a user and a password' };
  }
  // The SDK's words for a fetch that failed without a code, such as to a port that fetch refuses.
  if (name === 'AI_APICallError') return { code: said ? 'model-cut' : 'model-unreachable', words: message };
  return { code: 'answer-failed', words: [name, fields.code].filter(Boolean).join(' ') };
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'model-unauthorized';
  if (status === 404) return 'model-not-found';
  if (status === 429) return 'model-rate-limited';
  // 408 is the provider's own timeout, so it may pass.
  return status < 500 && status !== 408 ? 'model-refused' : 'model-overloaded';
}

/** Errors inside a stream carry no status, but a number as `code` or a word as `type` or `code`. */
function findStatus({ statusCode, code, type }: Record<string, unknown>): number | undefined {
  if (typeof statusCode === 'number') return statusCode;
  if (Number(code) >= 400 && Number(code) < 600) return Number(code);
  const words = `${type} ${code}`;
  if (/rate_limit|quota/.test(words)) return 429;
  if (/authentication|permission|api_key/.test(words)) return 401;
  if (/not_found/.test(words)) return 404;
  return /invalid_request|content_filter|context_length/.test(words) ? 400 : undefined;
}

/** An error and what it came of. */
function listCauses(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause) causes.push(cause);
  return causes;
}

function findNetworkCause(error: unknown): string | undefined {
  for (const cause of listCauses(error)) {
    const { code } = asRecord(cause);
    // What Node says of a bad URL may quote it, and a URL may hold a password.
    if (code === 'ERR_INVALID_URL') return code;
    if (typeof code === 'string' && isOfNetwork(code)) {
      return cause.message.includes(code) ? cause.message : `${code} ${cause.message}`.trim();
    }
  }
  return undefined;
}

const isOfNetwork = (code: string): boolean =>
  /^(?:E(?!RR_)[A-Z_]+|UND_ERR_\w+)$/.test(code) || (code.includes('CERT') && /^\w+$/.test(code));

function readRetryAfter(headers: Record<string, unknown>): number | undefined {
  const exact = Number.parseFloat(String(headers['retry-after-ms']));
  if (exact >= 0) return exact;
  const header = headers['retry-after'];
  if (typeof header !== 'string') return undefined;
  const ms = Number.isNaN(Number(header)) ? Date.parse(header) - Date.now() : Number(header) * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.round(ms));
}

/** What Google says beside its sentence: a wrong key is a 400 of its own, and how long to wait is in no header. */
function listDetails(data: unknown): Record<string, unknown>[] {
  const { details } = asRecord(asRecord(data).error);
  return Array.isArray(details) ? details.slice(0, 20).map(asRecord) : [];
}

function readRetryDelay(details: readonly Record<string, unknown>[]): number | undefined {
  const delay = details.map(({ retryDelay }) => retryDelay).find((one) => typeof one === 'string');
  const seconds = Number.parseFloat(String(delay));
  return seconds >= 0 ? Math.round(seconds * 1000) : undefined;
}

const keyLike = new RegExp(
  [
    /\b(?:sk|pk|rk|gsk|xai|hf|ghp)[-_][^\s"'`,;)]+/,
    /\bBearer\s+\S+/,
    /(?<![^\s"'`])[^\s"'`*]*\*{3,}[^\s"'`]*/,
    /[\w+=-]{24,}|(?=[\w+=-]{0,23}\d)[\w+=-]{20,23}/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

/** Providers echo parts of keys, and of the texts that they were sent, in what they say; neither may reach a log. */
export function redact(words: string, texts: readonly string[], secrets: readonly string[]): string {
  // A bound before the search, because it costs words × texts; and the end that it tore off cannot be recognised.
  const bound = 2 * maxDetail;
  const line = words.slice(0, bound).replace(/\s+/g, ' ').replace(keyLike, '[redacted]');
  const clean = hideEchoes(hideEchoes(line, secrets, 6), texts, 16).slice(0, words.length > bound ? -32 : undefined);
  return clean.length > maxDetail ? `${clean.slice(0, maxDetail - 1)}…` : clean;
}

/** Takes out every text shorter than `least`, and every run of at least `least` characters that stands in one. */
function hideEchoes(line: string, texts: readonly string[], least: number): string {
  const clean = texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter(({ length }) => length >= 4);
  const rest = clean
    .filter(({ length }) => length < least)
    .reduce((left, text) => left.replaceAll(text, '[redacted]'), line);
  const lower = rest.toLowerCase();
  // Some letters grow when lowered, and then the places in `rest` would not be those of `lower`.
  const shown = lower.length === rest.length ? rest : lower;
  const echoes = findEchoes(lower, clean.join('\0').toLowerCase(), least);
  let hidden = '';
  for (let at = 0; at < shown.length; ) {
    if (!echoes.has(at)) {
      hidden += shown[at++];
      continue;
    }
    while (echoes.has(at + 1)) at++;
    hidden += '[redacted]';
    at += least;
  }
  return hidden;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
