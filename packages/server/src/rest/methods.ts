/** Which methods an address is answered for: who uses another one is told so, and who asks for them. */
import { type RestRow, restRows } from 'elizad-protocol/rest';

const addresses = Object.values<RestRow>(restRows).flatMap(({ method, path, aliases = [] }) =>
  [path, ...aliases].map((address) => ({ method, pattern: toPattern(address) })),
);

function toPattern(address: string): RegExp {
  const parts = address.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')));
  return new RegExp(`^${parts.join('/')}/?$`);
}

/** As the header `Allow` has them; undefined where there is nothing. */
export function listMethods(url: string): string | undefined {
  const path = url.split('?', 1)[0] ?? '/';
  const found = addresses.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  if (found.length === 0) return undefined;
  const methods = new Set<string>(found);
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
}
