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
  connection.flush = flushStep;
}

/** Polls that are answered at the end of this step. */
const planned = new WeakSet<Connection>();

function flushStep(this: Connection): void {
  if (this.transport.name !== 'polling') {
    holdBack(this.transport.socket?._socket);
    flushNow(this);
  } else if (!planned.has(this)) {
    planned.add(this);
    process.nextTick(() => {
      planned.delete(this);
      flushNow(this);
    });
  }
}

/** As Engine.IO does it. */
const flushNow = (connection: Connection): void =>
  (Object.getPrototypeOf(connection) as Connection).flush.call(connection);

function holdBack(network: Network | undefined): void {
  if (!network) return;
  network.cork();
  process.nextTick(() => network.uncork());
}
