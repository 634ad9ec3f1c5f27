/**
 * What a provider answers, within bounds: whoever it is, it fills no memory, and the program does other things in
 * between however fast it speaks.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { ElizadError } from 'elizad-protocol';
import { createMeter, type Most } from '../answer-meter.ts';

/** Most bytes of a stream of events: of a long answer each word is one. */
const mostOfStream = 64_000_000;

/** Most of one event. OpenAI says in one again which tools it was given. */
const mostOfEvent: Most = { bytes: 8_000_000, objects: 10_000, items: 30_000 };

/** Most of an answer that is no stream: a sound has many bytes, and the meaning of many texts many numbers. */
const mostOfAnswer: Most = { bytes: 32_000_000, objects: 10_000, items: 300_000 };

/** Most of an answer that says why there is none. */
const mostOfRefusal: Most = { bytes: 1_000_000, objects: 10_000, items: 30_000 };

/** Bytes that are read on in one step of the program: some milliseconds, where each word is an event. */
const step = 4_096;

/**
 * The answer, whose body breaks off with `model-too-long` where it is too long. `isStream`: it was asked for as events, and
 * is read as such, whatever it says that it is.
 */
export function boundAnswer(answer: Response, isStream: boolean): Response {
  const { body, status, statusText, headers } = answer;
  if (!body) return answer;
  const isEvents = answer.ok && isStream;
  const most = isEvents ? mostOfEvent : answer.ok ? mostOfAnswer : mostOfRefusal;
  // A sound is no JSON, and by chance has all the commas that there can be.
  const isSound = /^(audio|application\/(octet-stream|ogg))\b/i.test(headers.get('content-type') ?? '');
  const bounds = isSound && !isEvents ? { ...most, objects: Infinity, items: Infinity } : most;
  return new Response(body.pipeThrough(bound(bounds, isEvents)), { status, statusText, headers });
}

function bound(most: Most, isEvents: boolean): TransformStream<Uint8Array, Uint8Array> {
  const isTooMuch = createMeter(most, isEvents);
  let size = 0;
  return new TransformStream({
    async transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += step) {
        const piece = chunk.subarray(at, at + step);
        size += piece.length;
        if (isTooMuch(piece) || size > mostOfStream) throw new ElizadError('model-too-long');
        controller.enqueue(piece);
        if (isEvents && chunk.length > step) await breathe();
      }
    },
  });
}
