/**
 * JSON-RPC with a child process, one message a line. The client library has a transport too: it hands on more of our
 * environment, reads lines without a limit, and does not wait for the child's end.
 */
import { once } from 'node:events';
import {
  type JSONRPCMessage,
  type MCPTransport,
  type MCPTransportSendOptions,
  validateJSONRPCMessage,
} from '@ai-sdk/mcp';
import type { Most } from '../../models/answer-meter.ts';
import { mostOfMessage, tooMuch } from './bounded-message.ts';
import { endChild, type McpProgramConfig, startChild } from './child.ts';
import { readLines } from './line-reader.ts';

/** Most bytes that wait for a child that does not read: of what it is asked, and of answers to what it asks us. */
const maxUnreadBytes = 20_000_000;
const maxUnreadAnswers = 100_000;

/** Longest line, and most lines, of what a child prints beside. */
const mostPrinted: Most = { bytes: 2_000, objects: Infinity, items: Infinity };
const maxPrintedLines = 1_000;

/** How long the last words of a child that ended may be in coming, in ms. */
const lastWordsMs = 100;

export type StdioEvents = {
  /** A line of the child's standard error. */
  printed(line: string): void;
  /** The server has other tools than before. */
  toolsChanged(): void;
  /** The child is gone, or of no use any more; said once, also after a `close`. `reason` is in words. */
  ended(reason: string): void;
};

/** A transport that starts the program when the client starts it. `close` resolves once the child is gone. */
export function createStdioTransport(config: McpProgramConfig, events: StdioEvents): MCPTransport & { pid?: number } {
  const waiting = new Set<string | number>();
  let child: ReturnType<typeof startChild> | undefined;
  let gone: Promise<void> = Promise.resolve();
  let hasEnded = false;
  let isClosed = false;
  const end = (reason: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    events.ended(reason);
    transport.onclose?.();
  };

  const take = (line: string): void => {
    try {
      const message = validateJSONRPCMessage(JSON.parse(line));
      if ('method' in message && message.method === 'notifications/tools/list_changed') {
        events.toolsChanged();
        return;
      }
      if ('id' in message && !('method' in message) && message.id !== undefined) waiting.delete(message.id);
      transport.onmessage?.(message);
    } catch {
      // Not JSON-RPC, or an answer that nobody waits for any more: servers print banners, and answer what was cancelled.
    }
  };

  const write = (message: JSONRPCMessage): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!child?.stdin || hasEnded || isClosed) return reject(new Error('the child process has ended'));
      const most = 'method' in message ? maxUnreadBytes : maxUnreadAnswers;
      if (child.stdin.writableLength > most) return reject(new Error('it does not read what it is sent'));
      child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });

  /** Writes a message; `cancel` tells the server that nobody waits for its answer any more. */
  const post = (message: JSONRPCMessage): { promise: Promise<void>; cancel: () => void } => {
    const promise = write(message);
    if (!('method' in message && 'id' in message)) return { promise, cancel: () => {} };
    const { id } = message;
    waiting.add(id);
    const params = { requestId: id, reason: 'cancelled' };
    const cancel = () => {
      if (waiting.delete(id)) write({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {});
    };
    return { promise, cancel };
  };

  const transport: MCPTransport & { pid?: number } = {
    async start() {
      const started = startChild(config);
      child = started;
      gone = new Promise((resolve) => {
        started.once('close', () => resolve());
        started.once('error', () => started.pid === undefined && resolve());
      });
      started.once('exit', (code, signal) => {
        const say = () => end(signal ? `it was ended by ${signal}` : `it ended with code ${code}`);
        // What it printed last may still be in the pipe; a child of its own may hold that open for ever.
        const timer = setTimeout(say, lastWordsMs);
        started.once('close', () => {
          clearTimeout(timer);
          say();
        });
      });
      started.stdin?.on('error', () => {});
      const tooLong = () => {
        end(tooMuch);
        void endChild(started, gone);
      };
      if (started.stdout) void readLines(started.stdout, mostOfMessage, take, tooLong);
      let printed = 0;
      const print = (line: string) => {
        printed += 1;
        if (printed <= maxPrintedLines) events.printed(line);
      };
      if (started.stderr) void readLines(started.stderr, mostPrinted, print, () => {});
      // Rejects with the reason when it cannot be started, such as ENOENT.
      await once(started, 'spawn');
      started.on('error', () => {});
      transport.pid = started.pid;
    },
    send(message: JSONRPCMessage, options?: MCPTransportSendOptions) {
      const { promise, cancel } = post(message);
      if (options?.signal?.aborted) cancel();
      else options?.signal?.addEventListener('abort', cancel, { once: true });
      // The client forgets some of these when it is aborted, and a rejection that nobody takes would end the server.
      promise.catch(() => {});
      return promise;
    },
    async close() {
      isClosed = true;
      if (child?.pid !== undefined) await endChild(child, gone);
      transport.onclose?.();
    },
  };
  return transport;
}
