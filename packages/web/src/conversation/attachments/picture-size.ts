/** How large a picture within a message is, by its first bytes: to ask a browser it would have to be drawn. */

/** As the server has it for those that are uploaded. */
const mostPixels = 50_000_000;
/** In letters of base64: further on than this no format says how large it is, but a JPEG that hides it. */
const mostRead = 131_072;

type Size = readonly [width: number, height: number];
type Format = { begins: string; read: (bytes: DataView) => Size | undefined };

const formats: readonly Format[] = [
  { begins: '\x89PNG', read: (bytes) => [bytes.getUint32(16), bytes.getUint32(20)] },
  { begins: 'GIF8', read: (bytes) => [bytes.getUint16(6, true), bytes.getUint16(8, true)] },
  { begins: '\xff\xd8', read: readJpeg },
  { begins: 'RIFF', read: readWebp },
];

/** Of what is none of these formats, as of a drawing that may be as long as a program, it is not known: then it is not drawn. */
export function isDrawable(url: string): boolean {
  const size = findSize(url);
  return size !== undefined && size[0] * size[1] <= mostPixels;
}

function findSize(url: string): Size | undefined {
  const base64 = /^data:image\/[\w.+-]+;base64,/i.exec(url)?.[0];
  if (base64 === undefined) return undefined;
  try {
    const text = atob(url.slice(base64.length, base64.length + mostRead));
    const bytes = new DataView(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
    return formats.find(({ begins }) => text.startsWith(begins))?.read(bytes);
  } catch {
    return undefined;
  }
}

/** Its parts one after the other, up to the one that begins the picture. */
function readJpeg(bytes: DataView): Size | undefined {
  for (let at = 2; bytes.getUint8(at) === 0xff; at += 2 + bytes.getUint16(at + 2)) {
    const mark = bytes.getUint8(at + 1);
    const isFrame = mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark);
    if (isFrame) return [bytes.getUint16(at + 7), bytes.getUint16(at + 5)];
  }
  return undefined;
}

function readWebp(bytes: DataView): Size | undefined {
  const kind = bytes.getUint8(15);
  const side = (at: number) => bytes.getUint16(at, true) + bytes.getUint8(at + 2) * 0x10000 + 1;
  if (kind === 0x58) return [side(24), side(27)];
  if (kind === 0x20) return [bytes.getUint16(26, true) & 0x3fff, bytes.getUint16(28, true) & 0x3fff];
  if (kind !== 0x4c) return undefined;
  const bits = bytes.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
}
