/**
 * What a provider answers, within bounds: whoever it is, it fills no memory, and the program does other things in
 * between however fast it speaks.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { ElizadError } from 'elizad-protocol';
import { countEvent } from '../event-bytes.ts';

/**
 * Most bytes of a stream of events: of a long answer each word is one. Of one event, and of an answer that is no stream:
 * each is read as JSON in one go. And of a sound.
 */
const mostOfStream = 64_000_000;
const mostOfEvent = 2_000_000;
const mostOfAnswer = 4_000_000;
const mostOfSound = 32_000_000;

/** Most bytes of an answer that says why there is none. */
const mostOfRefusal = 1_000_000;

/** Bytes that are read on in one step of the program: some milliseconds, where each word is an event. */
const step = 4_096;

/** The answer, whose body breaks off with `model-too-long` where it is too long. */
export function boundAnswer(answer: Response, isSound: boolean): Response {
  const { body, status, statusText, headers } = answer;
  if (!body) return answer;
  const isStream = answer.ok && headers.get('content-type')?.includes('text/event-stream') === true;
  const mostOfWhole = isSound ? mostOfSound : mostOfAnswer;
  const bound = isStream ? boundEvents() : boundBytes(answer.ok ? mostOfWhole : mostOfRefusal);
  return new Response(body.pipeThrough(bound), { status, statusText, headers });
}

type Bound = TransformStream<Uint8Array, Uint8Array>;

function boundBytes(most: number): Bound {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > most) throw new ElizadError('model-too-long');
      controller.enqueue(chunk);
    },
  });
}

function boundEvents(): Bound {
  let size = 0;
  let ofEvent = 0;
  return new TransformStream({
    async transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += step) {
        const piece = chunk.subarray(at, at + step);
        size += piece.length;
        ofEvent = countEvent(ofEvent, piece);
        if (size > mostOfStream || ofEvent > mostOfEvent) throw new ElizadError('model-too-long');
        controller.enqueue(piece);
        if (chunk.length > step) await breathe();
      }
    },
  });
}
