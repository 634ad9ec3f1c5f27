/**
 * Lines out of a stream of bytes: none is longer than a limit, and others are served in between. A child that never ends
 * its line costs bounded memory, and one that never stops costs nobody any time.
 */
import type { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import { createMeter, type Most } from '../../models/answer-meter.ts';

const newline = 0x0a;

/** How long lines are taken one after the other, in ms. */
const stretchMs = 1;

/** A line of more than `most` is dropped, and told once by `tooLong`. Resolves at the end of the stream, however it ends. */
export async function readLines(
  stream: Readable,
  most: Most,
  take: (line: string) => void,
  tooLong: () => void,
): Promise<void> {
  let parts: Buffer[] = [];
  let isTooMuch = createMeter(most, false);
  let isDropped = false;
  let began = performance.now();
  const add = (part: Buffer): void => {
    if (isDropped || part.length === 0) return;
    parts.push(part);
    if (!isTooMuch(part)) return;
    isDropped = true;
    parts = [];
    tooLong();
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
        add(chunk.subarray(from, end));
        const line = Buffer.concat(parts).toString('utf8').trimEnd();
        parts = [];
        isTooMuch = createMeter(most, false);
        isDropped = false;
        from = end + 1;
        if (line !== '') take(line);
        if (performance.now() - began < stretchMs) continue;
        await breathe();
        began = performance.now();
      }
      add(chunk.subarray(from));
    }
  } catch {
    // A pipe that breaks is told by the end of the child.
  }
}
