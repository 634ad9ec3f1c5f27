/** What an attachment is, by what its sender says of it or by its name, and where this page may read it. */
import type { Attachment } from 'elizad-client';
import { client } from '../../state/session.ts';

export type Kind = 'image' | 'audio' | 'video' | 'file';

const endings: Readonly<Record<Exclude<Kind, 'file'>, RegExp>> = {
  image: /\.(?:avif|gif|jpe?g|png|svg|webp)$/i,
  audio: /\.(?:aac|flac|m4a|mp3|oga|ogg|opus|wav)$/i,
  video: /\.(?:mp4|webm)$/i,
};

export function readKind({ contentType = '', url }: Attachment): Kind {
  const said = contentType.split('/')[0]?.toLowerCase() ?? '';
  if (said === 'image' || said === 'audio' || said === 'video') return said;
  if (contentType !== '' || url.startsWith('data:')) return 'file';
  const path = url.split(/[?#]/)[0] ?? '';
  const kinds = Object.keys(endings) as (keyof typeof endings)[];
  return kinds.find((kind) => endings[kind].test(path)) ?? 'file';
}

/** Undefined of what is no address, and of scripts. */
function readAddress(url: string): URL | undefined {
  try {
    const address = new URL(client().http.fileAddress(url));
    return ['http:', 'https:'].includes(address.protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Where a page of ours may show it: on this server, or a picture within the message. */
export function ourAddress({ url }: Attachment): string | undefined {
  if (/^data:image\/[\w.+-]+[;,]/i.test(url)) return url;
  const address = readAddress(url);
  return address?.origin === location.origin ? address.href : undefined;
}

/** Of another server: it is not asked before somebody follows the link. */
export function otherAddress({ url }: Attachment): URL | undefined {
  const address = readAddress(url);
  return address && address.origin !== location.origin ? address : undefined;
}

/** The small picture where the server made one. */
export function smallAddress(attachment: Attachment): string | undefined {
  const address = ourAddress(attachment);
  if (!address || address.startsWith('data:')) return address;
  const whole = new URL(address);
  if (whole.pathname.startsWith('/media/')) whole.searchParams.set('thumbnail', '1');
  return whole.href;
}

export const readTitle = ({ title, url }: Attachment): string => {
  if (title) return title;
  const last = url.startsWith('data:') ? undefined : url.split(/[?#]/)[0]?.split('/').findLast(Boolean);
  return last ?? 'Attachment';
};

/** Fields that not every sender gives, or not as numbers. */
export const readNumber = (attachment: Attachment, name: string): number | undefined => {
  const value = attachment[name];
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
};
