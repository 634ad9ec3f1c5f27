/** Addresses that somebody else wrote: which of them the page follows, and which it may draw by itself. */

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

/** A file that was uploaded to this server. Nothing else of it is asked for because a message says so: some addresses never end. */
export function findMedia(url: string): URL | undefined {
  const address = readAddress(url);
  return address && isOurs(address) && address.pathname.startsWith('/media/') ? address : undefined;
}

/** Its small picture; there is none of what is no picture, or too large a one to be drawn. */
export function smallOf(media: URL): string {
  const small = new URL(media);
  small.searchParams.set('thumbnail', 'only');
  return small.href;
}
