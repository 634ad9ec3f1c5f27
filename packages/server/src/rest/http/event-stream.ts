/** Server-sent events: an answer that goes on as long as somebody reads it. One who does not read is cut off, and may come back. */
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply } from 'fastify';
import { passStop } from '../../observability/walk.ts';
import type { RestDeps } from './context.ts';

/** One event; without a name it is a plain message. Data is text of one line, or any JSON. */
export type StreamEvent = { name?: string; data?: unknown; id?: string | undefined };

export type EventStream = {
  /** Fires when the reader has gone, or was cut off. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly isOver: Promise<void>;
  send(event: StreamEvent): void;
  /** Resolves when more may be sent without falling behind, with false when the reader has gone. */
  isReady(): Promise<boolean>;
  end(): void;
};

/** How often something is sent where nothing happens, in ms: what is silent for longer is taken for dead on the way. */
const heartbeatMs = 15_000;

/** So long one who was cut off has to read what waits, and behind it why, in ms. */
const lingerMs = 30_000;

/** Begins a stream; from here on the reply is its own. `toLast` is the event that says why it was cut off. */
export function openEventStream(
  { settings, logger }: Pick<RestDeps, 'settings' | 'logger'>,
  reply: FastifyReply,
  toLast: (error: ElizadError) => StreamEvent,
): EventStream {
  const { maxBacklogBytes } = settings;
  const { raw } = reply;
  const gone = new AbortController();
  passStop('rest/event-stream');
  const { promise: isOver, resolve: endOver } = Promise.withResolvers<void>();
  reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // What buffers answers on the way must not hold this one back.
    'x-accel-buffering': 'no',
  });
  const write = (text: string | Buffer) => {
    if (gone.signal.aborted || raw.writableEnded) return;
    if (raw.writableLength > maxBacklogBytes) cutOff();
    else raw.write(text);
  };
  const cutOff = () => {
    logger.warn({ limit: maxBacklogBytes }, 'closed a stream: its reader is too slow');
    raw.end(encode(toLast(new ElizadError('reader-too-slow'))));
    const timer = setTimeout(() => raw.destroy(), lingerMs).unref();
    raw.once('close', () => clearTimeout(timer));
    leave();
  };
  const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs).unref();
  const leave = () => {
    clearInterval(heartbeat);
    gone.abort();
    endOver();
  };
  raw.once('close', leave);
  if (raw.destroyed) leave();
  // Who asks only what would come is answered with that.
  else if (reply.request.method === 'HEAD') {
    raw.end();
    leave();
  }
  write(':\n\n');
  return {
    signal: gone.signal,
    isOver,
    send: (event) => write(encode(event)),
    async isReady() {
      while (!gone.signal.aborted && raw.writableNeedDrain) {
        await new Promise<void>((resolve) => {
          const go = () => {
            raw.off('drain', go).off('close', go);
            resolve();
          };
          raw.on('drain', go).on('close', go);
        });
      }
      return !gone.signal.aborted;
    },
    end() {
      raw.end();
    },
  };
}

function encode({ name, data, id }: StreamEvent): string | Buffer {
  const head = (id === undefined ? '' : `id: ${id}\n`) + (name === undefined ? '' : `event: ${name}\n`);
  if (typeof data === 'object' && data !== null) return encodeOnce(head, data);
  return `${head}${data === undefined ? '' : `data: ${data}\n`}\n`;
}

/** What was sent last of some data. */
const encoded = new WeakMap<object, { head: string; bytes: Buffer }>();

/** An event as bytes. All streams of a room that are told the same share them, for as long as one has not read them. */
function encodeOnce(head: string, data: object): Buffer {
  const known = encoded.get(data);
  if (known?.head === head) return known.bytes;
  const bytes = Buffer.from(`${head}data: ${JSON.stringify(data)}\n\n`);
  encoded.set(data, { head, bytes });
  return bytes;
}
