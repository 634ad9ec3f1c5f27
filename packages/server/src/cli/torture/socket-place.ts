/** Where `io` finds a server: what is a path in the address of one behind a proxy is a namespace to `io`. */
export function toSocketPlace(url: string): { origin: string; path: string } {
  const { origin, pathname } = new URL(url);
  return { origin, path: `${pathname.replace(/(?<!\/)\/+$/, '')}/socket.io/` };
}
