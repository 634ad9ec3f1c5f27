/** The server that a command is told to ask, as people write it. */

/**
 * A URL; without a scheme it is http, and a port alone is one of this machine. Undefined where it is none of these: what has
 * neither a port nor a dot is no name of a server that anybody would write so.
 */
export function toServerUrl(given: string): string | undefined {
  if (/^\d{1,5}$/.test(given)) return `http://localhost:${given}`;
  const url = URL.parse(/^https?:\/\//i.test(given) ? given : `http://${given}`);
  const isNamed = /^https?:\/\//i.test(given) || given.startsWith('localhost') || /[.:]/.test(given);
  return url && isNamed && url.hostname !== '' ? url.href.replace(/\/$/, '') : undefined;
}
