/**
 * What one step of the program sends to a client leaves in one piece: a message and its place in the log, so that nobody who
 * is cut off has the one without the other. Engine.IO answers a poll with the first packet, and writes each by itself.
 */

type Network = { cork(): void; uncork(): void };

/** A connection of Engine.IO. `flush` hands what waits to the transport; nothing where that is busy. */
type Connection = {
  readonly transport: { readonly name: string; readonly socket?: { readonly _socket?: Network } };
  flush(): void;
};

export function writeBySteps(connection: Connection): void {
  const flush = connection.flush.bind(connection);
  let isPlanned = false;
  connection.flush = () => {
    if (connection.transport.name !== 'polling') {
      holdBack(connection.transport.socket?._socket);
      return flush();
    }
    if (isPlanned) return;
    isPlanned = true;
    process.nextTick(() => {
      isPlanned = false;
      flush();
    });
  };
}

function holdBack(network: Network | undefined): void {
  if (!network) return;
  network.cork();
  process.nextTick(() => network.uncork());
}
