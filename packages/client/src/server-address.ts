/** Where a server is: the path of its address is where a proxy has it, not a namespace of Socket.IO. */
export type ServerAddress = {
  /** Of the HTTP API, and of files. */
  readonly base: string;
  /** What `io` takes. */
  readonly socketUrl: string;
  readonly socketPath: string;
};

/** Also for who calls `io(socketUrl, { path: socketPath })` itself. What is no address comes back as it is. */
export function readServerAddress(url: string): ServerAddress {
  const page = typeof location === 'undefined' ? undefined : location.href;
  const address = URL.canParse(url, page) ? new URL(url, page) : undefined;
  // What is no address is for `io` to say.
  if (!address || !/^(https?|wss?):$/.test(address.protocol))
    return { base: url, socketUrl: url, socketPath: '/socket.io/' };
  const path = address.pathname.replace(/(?<!\/)\/+$/, '');
  const origin = `${address.protocol}//${address.host}`;
  return { base: origin + path, socketUrl: `${origin}/${address.search}`, socketPath: `${path}/socket.io/` };
}
