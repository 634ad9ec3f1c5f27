/** Addresses that somebody else wrote: which of them the page follows, and which it may draw by itself. */
import { basePath } from '../base.ts';

/** Undefined of what is no address, and of those that do something else than lead somewhere. */
export function readAddress(url: string): URL | undefined {
  try {
    const address = new URL(url, location.href);
    return ['http:', 'https:', 'mailto:'].includes(address.protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}

export const isOurs = ({ origin }: URL): boolean => origin === location.origin;

/** A file that was uploaded to this server, which may have been under another path then. Nothing else of it is asked for because a message says so: some addresses never end. */
export function findMedia(url: string): URL | undefined {
  const address = readAddress(url);
  if (!address || !isOurs(address)) return undefined;
  const [path] = /\/media\/(?:uploads|generated)\/.*$/.exec(address.pathname) ?? [];
  if (path === undefined) return undefined;
  address.pathname = basePath + path;
  return address;
}

/** Its small picture; there is none of what is no picture, or too large a one to be drawn. */
export function smallOf(media: URL): string {
  const small = new URL(media);
  small.searchParams.set('thumbnail', 'only');
  return small.href;
}

/** Letters that turn the reading direction: behind one an address reads as another. */
const turned = /[\u202a-\u202e\u2066-\u2069]/;
const named = /:\/\/|\p{L}\.\p{L}{2}/u;

/** The host of an address that its label hides: the label names another one, or it can be read as another. */
export function findHidden({ host, username }: URL, label: string): string | undefined {
  if (host === '') return undefined;
  const isLookalike = username !== '' || turned.test(label) || (named.test(label) && host.includes('xn--'));
  return isLookalike || (named.test(label) && readHost(label) !== host) ? host : undefined;
}

const readHost = (label: string): string | undefined =>
  readAddress(/^[a-z]+:\/\//i.test(label.trim()) ? label : `https://${label}`)?.host;
