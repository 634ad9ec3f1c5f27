/**
 * A poll is answered with all that one step of the program sends. Engine.IO answers it with the first packet: a client that
 * is cut off then has a message, and not its place in the log.
 */

/** A connection of Engine.IO. `flush` hands what waits to the transport; nothing where that is busy. */
type Connection = { readonly transport: { readonly name: string }; flush(): void };

export function answerPollsByStep(connection: Connection): void {
  const flush = connection.flush.bind(connection);
  let isPlanned = false;
  connection.flush = () => {
    if (connection.transport.name !== 'polling') return flush();
    if (isPlanned) return;
    isPlanned = true;
    process.nextTick(() => {
      isPlanned = false;
      flush();
    });
  };
}
