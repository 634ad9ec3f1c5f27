/** How far the server's log has been told to sockets: what stands up to here was broadcast to whoever was there. */
export type LogPlace = { announced: number };
