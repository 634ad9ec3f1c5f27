/** Lines out of a stream of bytes, none longer than a limit: a child that never ends its line costs bounded memory. */

const newline = 0x0a;

/** Returns what takes the chunks. A line of more than `most` bytes is dropped, and told once by `tooLong`. */
export function createLineReader(
  most: number,
  take: (line: string) => void,
  tooLong: () => void,
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer): void => {
    if (size <= most && size + part.length > most) tooLong();
    size += part.length;
    if (size > most) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, end));
      const line = size > most ? '' : Buffer.concat(parts).toString('utf8').trimEnd();
      parts = [];
      size = 0;
      from = end + 1;
      if (line !== '') take(line);
    }
    add(chunk.subarray(from));
  };
}
