/**
 * What a provider answers, within bounds: whoever it is, it fills no memory, and the program does other things in
 * between however fast it speaks.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { ElizadError } from 'elizad-protocol';
import { countEvent } from '../event-bytes.ts';

/** Most bytes of a stream of events: of a long answer each word is one. Of one event, and of an answer that is no stream. */
const mostOfStream = 64_000_000;
const mostOfEvent = 8_000_000;
const mostOfAnswer = 32_000_000;

/** Most bytes of an answer that says why there is none. */
const mostOfRefusal = 1_000_000;

/** Bytes that are read on in one step of the program: some milliseconds, where each word is an event. */
const step = 4_096;

/** The answer, whose body breaks off with `model-too-long` where it is too long. */
export function boundAnswer(answer: Response): Response {
  const { body, status, statusText, headers } = answer;
  if (!body) return answer;
  const isStream = answer.ok && headers.get('content-type')?.includes('text/event-stream') === true;
  const bound = isStream ? boundEvents() : boundBytes(answer.ok ? mostOfAnswer : mostOfRefusal);
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
