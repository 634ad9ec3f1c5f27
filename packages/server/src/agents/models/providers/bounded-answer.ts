/**
 * What a provider answers, within bounds: whoever it is, it fills no memory, and the program does other things in
 * between however fast it speaks.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { ElizadError } from 'elizad-protocol';
import { createMeter, type Most } from '../answer-meter.ts';

/** Most bytes of a stream of events: of a long answer each word is one. */
const mostOfStream = 64_000_000;

/**
 * Most of one event, and of an answer that is no stream: each is read as JSON in one go. The meaning of many texts has many
 * numbers; a sound is no JSON, and by chance has all the commas that there can be.
 */
const mostOf: Record<ReadAs, Most> = {
  events: { bytes: 2_000_000, objects: 10_000, items: 30_000 },
  json: { bytes: 4_000_000, objects: 10_000, items: 300_000 },
  sound: { bytes: 32_000_000, objects: Number.POSITIVE_INFINITY, items: Number.POSITIVE_INFINITY },
};

/** Most of an answer that says why there is none. */
const mostOfRefusal: Most = { bytes: 1_000_000, objects: 10_000, items: 30_000 };

/** Bytes that are read on in one step of the program: some milliseconds, where each word is an event. */
const step = 4_096;

/** How an answer is read: as events, whatever it says that it is; as JSON; or as a sound, which is no JSON. */
export type ReadAs = 'events' | 'json' | 'sound';

/** The answer, whose body breaks off with `model-too-long` where it is too long. */
export function boundAnswer(answer: Response, as: ReadAs): Response {
  const { body, status, statusText, headers } = answer;
  if (!body) return answer;
  const most = answer.ok ? mostOf[as] : mostOfRefusal;
  return new Response(body.pipeThrough(bound(most, answer.ok && as === 'events')), { status, statusText, headers });
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
