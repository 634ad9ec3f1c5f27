/** What an attachment is, by what its sender says of it or by its name, and where this page may read it. */
import type { Attachment } from 'elizad-client';
import { findMedia, isOurs, readAddress, smallOf } from '../../state/values/address.ts';
import { readName } from '../../state/values/names.ts';
import { isDrawable } from './picture-size.ts';

export type Kind = 'image' | 'audio' | 'video' | 'file';

const endings: Readonly<Record<Exclude<Kind, 'file'>, RegExp>> = {
  image: /\.(?:avif|gif|jpe?g|png|svg|webp)$/i,
  audio: /\.(?:aac|flac|m4a|mp3|oga|ogg|opus|wav)$/i,
  video: /\.(?:mp4|webm)$/i,
};

export function readKind({ contentType = '', url = '' }: Attachment): Kind {
  const said = contentType.split('/')[0]?.toLowerCase() ?? '';
  if (said === 'image' || said === 'audio' || said === 'video') return said;
  if (contentType !== '' || url.startsWith('data:')) return 'file';
  const path = url.split(/[?#]/)[0] ?? '';
  const kinds = Object.keys(endings) as (keyof typeof endings)[];
  return kinds.find((kind) => endings[kind].test(path)) ?? 'file';
}

const isWithin = (url: string): boolean => /^data:image\/[\w.+-]+[;,]/i.test(url);

/** Where a page of ours may read it: among the files of this server, or a picture within the message. */
export const ourAddress = ({ url = '' }: Attachment): string | undefined =>
  isWithin(url) ? url : findMedia(url)?.href;

/** It is not asked before somebody follows the link. */
export function otherAddress({ url = '' }: Attachment): URL | undefined {
  const address = readAddress(url);
  return address && !findMedia(url) && address.protocol !== 'mailto:' ? address : undefined;
}

export const nameHost = (address: URL): string => (isOurs(address) ? 'on this server' : `at ${address.host}`);

/** Of a picture what may be drawn at once: the small one that the server made, or one within the message that is not too large. */
export function smallAddress({ url = '' }: Attachment): string | undefined {
  if (isWithin(url)) return isDrawable(url) ? url : undefined;
  const media = findMedia(url);
  return media && smallOf(media);
}

export const readTitle = ({ title, url = '', name }: Attachment): string => {
  if (title) return title;
  if (typeof name === 'string' && name.trim() !== '') return readName(name, 'Attachment');
  const last = url.startsWith('data:') ? undefined : url.split(/[?#]/)[0]?.split('/').findLast(Boolean);
  return readName(last, 'Attachment');
};

/** Fields that not every sender gives, or not as numbers. */
export const readNumber = (attachment: Attachment, name: string): number | undefined => {
  const value = attachment[name];
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
};
