/**
 * Voices and ears: what makes speech of a text, and a text of speech. Chosen by the character's `settings.speechModel` and
 * `settings.transcriptionModel`, or else the server's; none where none is named. Anything that speaks OpenAI's audio
 * protocol will do.
 */
import { ElizadError } from 'elizad-protocol';
import { type Access, isReachable, type ModelCharacter, mergeAccess, readModelName } from './access.ts';
import { diagnoseError, redact } from './diagnosis.ts';
import { listSecrets, openOpenAi } from './providers.ts';

export type AudioFormat = 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm';

/** A sound file, such as `audio/mpeg`. */
export type Sound = { readonly mediaType: string; readonly data: Uint8Array };

/**
 * Says a text; `voice` is a name of the provider's, `format` is mp3 by default. Rejects with an `ElizadError` of the
 * table's model codes, or with the signal's reason when that aborts.
 */
export type Speaker = {
  readonly name: string;
  speak(words: Words, signal: AbortSignal): Promise<Sound>;
};

/** `instructions` say how it is said; `speed` is 1 by default. */
export type Words = { text: string; voice?: string; format?: AudioFormat; instructions?: string; speed?: number };

/** What helps to hear: which language it is, and words that may be in it. */
export type Hints = { language?: string; prompt?: string; temperature?: number };

/** What was heard; empty for silence. `language` is of ISO 639-1, where the provider says it. */
export type Transcript = { readonly text: string; readonly language?: string; readonly seconds?: number };

/** Writes down what is said; rejects as a `Speaker` does. */
export type Transcriber = {
  readonly name: string;
  transcribe(sound: Sound, signal: AbortSignal, hints?: Hints): Promise<Transcript>;
};

export type SpeechEnv = Access & { readonly speechModel?: string; readonly transcriptionModel?: string };

type Log = { warn(fields: object, message: string): void };

const mediaTypes: Record<AudioFormat, string> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** Never throws: one that cannot be reached is left out, and the log says why. `false` in the settings is none. */
export function chooseSpeaker(character: ModelCharacter, env: SpeechEnv, log?: Log): Speaker | undefined {
  const chosen = choose(character, env, 'speechModel', 'gpt-4o-mini-tts', log);
  if (!chosen) return undefined;
  const { name, model, access } = chosen;
  return {
    name,
    speak: ({ text, voice, format = 'mp3', instructions, speed }, signal) =>
      guard(access, [text], signal, async () => {
        const provider = await openOpenAi(access);
        const { audio, response } = await provider
          .speech(model)
          .doGenerate({ text, voice, outputFormat: format, instructions, speed, abortSignal: signal });
        const data = typeof audio === 'string' ? Buffer.from(audio, 'base64') : audio;
        if (data.length === 0) throw new ElizadError('model-empty');
        await assertSound(data, response.headers?.['content-type']);
        return { mediaType: mediaTypes[format], data };
      }),
  };
}

/** Whatever else is at the address goes to nobody. Some servers say only that it is bytes: then the bytes have to tell. */
async function assertSound(data: Uint8Array, said = 'application/octet-stream'): Promise<void> {
  if (/^audio\//i.test(said)) return;
  const { fileTypeFromBuffer } = await import('file-type');
  const found = /^application\/(octet-stream|ogg)\b/i.test(said) ? await fileTypeFromBuffer(data) : undefined;
  if (!found?.mime.startsWith('audio/')) throw new ElizadError('model-no-sound');
}

/** As `chooseSpeaker`. */
export function chooseTranscriber(character: ModelCharacter, env: SpeechEnv, log?: Log): Transcriber | undefined {
  const chosen = choose(character, env, 'transcriptionModel', 'gpt-4o-mini-transcribe', log);
  if (!chosen) return undefined;
  const { name, model, access } = chosen;
  return {
    name,
    transcribe: ({ mediaType, data }, signal, hints = {}) =>
      guard(access, [], signal, async () => {
        const provider = await openOpenAi(access);
        // Browsers name the codec too, and then the provider would not know the name of the file.
        const [bare = ''] = mediaType.split(';');
        const {
          text,
          language,
          durationInSeconds: seconds,
        } = await provider.transcription(model).doGenerate({
          audio: data,
          mediaType: bare.trim().toLowerCase(),
          ...(Object.keys(hints).length > 0 && { providerOptions: { openai: hints } }),
          abortSignal: signal,
        });
        return { text, ...(language && { language }), ...(seconds !== undefined && { seconds }) };
      }),
  };
}

type Setting = 'speechModel' | 'transcriptionModel';

function choose(character: ModelCharacter, env: SpeechEnv, setting: Setting, usual: string, log?: Log) {
  const own = character.settings?.[setting];
  const wanted = own === false ? undefined : (readModelName(own) ?? readModelName(env[setting]));
  if (!wanted) return undefined;
  const access = mergeAccess(character, env);
  const [, provider = 'openai', named] = /^(?:(openai|anthropic|google|ollama)(?:\/|$))?(.*)$/i.exec(wanted) ?? [];
  const isKnown = provider.toLowerCase() === 'openai';
  if (!isKnown || !isReachable('openai', access)) {
    const missing = isKnown ? 'OPENAI_API_KEY is not set' : `only openai/<model> is known`;
    log?.warn({ agentName: character.name, [setting]: wanted, missing }, 'there is no speech');
    return undefined;
  }
  const model = named || usual;
  return { name: `openai/${model}`, model, access };
}

async function guard<T>(access: Access, texts: string[], signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ElizadError) throw error;
    const { code, words = '', retryAfterMs } = diagnoseError(error, false);
    // Not what the SDK threw: that holds the request.
    const cause = new Error(redact(words, texts, listSecrets('openai', access)));
    throw new ElizadError(code, retryAfterMs === undefined ? {} : { retryAfterMs }, { cause });
  }
}
