/** The text of a file of settings, whatever editor has saved it: a line that is not understood would just not count. */

/** Without a mark of its encoding, and with ends of lines that are known. Throws an error in words where it is no text. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes('\0')) throw new Error('it is not UTF-8 text: save it as UTF-8');
  return text.replace(/\r(?!\n)/g, '\n');
}
