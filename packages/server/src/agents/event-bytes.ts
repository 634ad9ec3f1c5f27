/** How large the event is that a stream of events is in the middle of: that much of it somebody has to keep. */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Bytes since the last empty line, which is where an event ends; `size` are those of before this chunk. */
export function countEvent(size: number, chunk: Uint8Array): number {
  for (let index = chunk.length - 1; index > 0; index--) {
    if (chunk[index] !== lineFeed) continue;
    const before = chunk[index - 1] === carriageReturn ? chunk[index - 2] : chunk[index - 1];
    if (before === lineFeed) return chunk.length - index - 1;
  }
  return size + chunk.length;
}
