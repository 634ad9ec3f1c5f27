/** A bare TCP connection: what no HTTP or WebSocket library would send, and how it ends. */
import { connect } from 'node:net';
import type { Random } from './random.ts';

/** `from`: the address of this machine from which to connect, where the server counts by address. */
export type Target = { readonly host: string; readonly port: number; readonly from?: string };

/** Longest time that a connection may be left with neither an answer nor an end, in ms. */
export const patienceMs = 30_000;

/** The server's goodbye on a WebSocket, without a code and with one. It then waits for ours, which never comes. */
const closeFrames = ['\x88\x00', '\x88\x02'];

export type Bare = {
  /** Resolves when it is connected, or will not be. */
  connected(): Promise<void>;
  /** Resolves with whether one of the marks was received, or came; false when the connection ended, or the patience. */
  until(...marks: string[]): Promise<boolean>;
  /** The patience ended: there was neither an answer nor an end. */
  isLeftHanging(): boolean;
  received(): string;
  send(bytes: string | Buffer): void;
  /** Goes without a word: with a FIN, or with a reset in mid-air. */
  drop(random: Random): void;
};

export function openBare({ host, port, from }: Target): Bare {
  const socket = connect({ host, port, noDelay: true, ...(from && { localAddress: from }) });
  let received = '';
  let isClosed = false;
  let isLeftHanging = false;
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  socket.on('data', (data) => {
    received += data.toString('latin1', 0, 4_000);
    look();
  });
  // Expected: most of these connections are cut off by the server.
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    look();
  });
  const connected = new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
  return {
    connected: () => connected,
    received: () => received,
    isLeftHanging: () => isLeftHanging,
    send: (bytes) => void socket.write(bytes),
    until: (...marks) =>
      new Promise((resolve) => {
        const settle = (isMet: boolean) => {
          clearTimeout(deadline);
          watchers.delete(watcher);
          resolve(isMet);
        };
        const watcher = () => {
          if (marks.some((mark) => received.includes(mark))) settle(true);
          else if (isClosed || closeFrames.some((frame) => received.includes(frame))) settle(false);
        };
        const deadline = setTimeout(() => {
          isLeftHanging = true;
          settle(false);
        }, patienceMs);
        watchers.add(watcher);
        watcher();
      }),
    drop(random) {
      // Once its end is on the way Node fails to reset it, lets go of the socket, and keeps a handle for which no exit ends.
      if (random.chance(0.5) && !socket.writableEnded) socket.resetAndDestroy();
      else socket.destroy();
    },
  };
}

/** The request with which a WebSocket begins. */
export const upgradeRequest = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;

type FrameOptions = { opcode?: number; isLast?: boolean; reserved?: number; isMasked?: boolean; saidLength?: bigint };

/** A frame of a WebSocket client, as right or wrong as it is asked for. */
export function toFrame(payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { opcode = 1, isLast = true, reserved = 0, isMasked = true, saidLength } = options;
  const data = Buffer.from(payload);
  const length = saidLength ?? BigInt(data.length);
  const head = [(isLast ? 0x80 : 0) | (reserved << 4) | opcode];
  const mask = isMasked ? 0x80 : 0;
  if (length < 126n) head.push(mask | Number(length));
  else {
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64BE(length);
    head.push(mask | 127, ...wide);
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), Buffer.alloc(isMasked ? 4 : 0), data]);
}
