/**
 * Which bytes of an SQLite file nothing uses, as its file format says. Where SQLite has rearranged the cells of a page, copies of
 * some may stay between its list of cells and the first of them, until the page is needed or the file is written anew.
 */

const leaf = new Set([0x0a, 0x0d]);
const interior = new Set([0x02, 0x05]);

/** Whether a text stands somewhere else in the file than in such a gap. */
export function isInUse(file: Buffer, text: string): boolean {
  for (let at = file.indexOf(text); at >= 0; at = file.indexOf(text, at + 1)) if (!isInGap(file, at)) return true;
  return false;
}

function isInGap(file: Buffer, at: number): boolean {
  const pageSize = file.readUInt16BE(16);
  const page = Math.floor(at / pageSize) * pageSize;
  const header = page === 0 ? 100 : page;
  const type = file[header] ?? 0;
  if (!leaf.has(type) && !interior.has(type)) return false;
  const list = header + (leaf.has(type) ? 8 : 12) + 2 * file.readUInt16BE(header + 3);
  return at >= list && at < page + file.readUInt16BE(header + 5);
}
