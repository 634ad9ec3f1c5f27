/** Models of an agent for elizad's own ends: titles, speech, transcription. Audio is base64 on the line. */
import { Buffer } from 'node:buffer';
import type { Json } from '../link.ts';
import type { Runtime } from './core.ts';
import { wordsOf } from './load/unusable.ts';
import { redact } from './redact.ts';
import { noModel } from './turn/failure.ts';

const maxAudioBytes = 50_000_000;

/** Rejects with the model's words. */
export async function useModel(runtime: Runtime, model: string, params: Json): Promise<Json> {
  try {
    return await toJson(await call(runtime, model, fromJson(model, params)));
  } catch (error) {
    const words = wordsOf(error);
    const missing = /^No handler found for delegate type: (\w+)/.exec(words);
    throw new Error(missing ? noModel(missing[1] ?? model) : redact(words).slice(0, 300));
  }
}

/** Core 1.7.2 fails on a text that it is given as it is, which is what handlers for speech take: those are called past it. */
function call(runtime: Runtime, model: string, params: unknown): unknown {
  const handler = typeof params === 'string' ? runtime.getModel(model) : undefined;
  return handler ? handler(runtime, params) : runtime.useModel(model, params);
}

/** The reference gives a transcription the bytes, and speech the text. */
function fromJson(model: string, params: Json): unknown {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return params;
  const { audio, text } = params as { audio?: unknown; text?: unknown };
  if (model === 'TRANSCRIPTION' && typeof audio === 'string') return Buffer.from(audio, 'base64');
  if (model === 'TEXT_TO_SPEECH' && typeof text === 'string') return text;
  return { ...params };
}

type Streams = { textStream?: AsyncIterable<unknown> };

async function toJson(result: unknown): Promise<Json> {
  if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') return result;
  if (typeof result !== 'object' || result === null) return null;
  const { textStream } = result as Streams;
  if (textStream) {
    let text = '';
    for await (const piece of textStream) text += String(piece);
    return text;
  }
  const audio = await readAudio(result);
  if (audio) return { audio: audio.toString('base64'), mimeType: guessType(audio) };
  return JSON.parse(JSON.stringify(result)) as Json;
}

async function readAudio(result: object): Promise<Buffer | undefined> {
  if (result instanceof Uint8Array) return Buffer.from(result);
  if (result instanceof ArrayBuffer) return Buffer.from(new Uint8Array(result));
  if (result instanceof Blob) return Buffer.from(await result.arrayBuffer());
  if (!(Symbol.asyncIterator in result)) return undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of result as AsyncIterable<unknown>) {
    if (!(piece instanceof Uint8Array)) throw new Error('its stream does not consist of bytes');
    bytes += piece.length;
    if (bytes > maxAudioBytes) throw new Error(`it gave more than ${maxAudioBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function guessType(audio: Buffer): string {
  const start = audio.toString('latin1', 0, 12);
  if (start.startsWith('RIFF')) return 'audio/wav';
  if (start.startsWith('OggS')) return 'audio/ogg';
  if (start.startsWith('fLaC')) return 'audio/flac';
  return start.slice(4, 8) === 'ftyp' ? 'audio/mp4' : 'audio/mpeg';
}
