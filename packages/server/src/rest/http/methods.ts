/** Which methods an address is answered for: who uses another one is told so, and who asks for them. */
import { type RestRow, restRows } from 'elizad-protocol/rest';

const addresses = Object.values<RestRow>(restRows).flatMap(({ method, path, aliases = [] }) =>
  [path, ...aliases].map((address) => ({ method, parts: address.split('/') })),
);

/** A part that is a parameter is any text but none. */
const fits = (parts: readonly string[], given: readonly string[]): boolean =>
  parts.length === given.length &&
  parts.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]));

/** As the header `Allow` has them; undefined where there is nothing. */
export function listMethods(url: string): string | undefined {
  const path = url.split('?', 1)[0] ?? '/';
  const given = (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  const found = addresses.filter(({ parts }) => fits(parts, given)).map(({ method }) => method);
  if (found.length === 0) return undefined;
  const methods = new Set<string>(found);
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
}
