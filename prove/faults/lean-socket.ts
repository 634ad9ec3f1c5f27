/**
 * A client that costs next to nothing and comes back as a stock one does: bare TCP, frames by hand, and of what it hears it
 * keeps its `pid`, the last place in the log, and whether the numbers of its room's messages follow each other.
 */
import { connect, type Socket } from 'node:net';

const handshake = (host: string) =>
  `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${btoa('0123456789abcdef')}\r\n\r\n`;

export class LeanSocket {
  /** The last number heard, and how many came that were not the next one. */
  lastSeq = 0;
  outOfOrder = 0;
  isResumed = false;
  /** Told of each message, as it came. */
  onMessage: ((text: string) => void) | undefined;
  /** Resolves when the connection has gone. */
  ended: Promise<undefined> = Promise.resolve(undefined);
  private pid: string | undefined;
  private offset: string | undefined;
  private tcp: Socket | undefined;
  private rest: Buffer = Buffer.alloc(0);
  private isUpgraded = false;
  private lastSaid = '';
  private connected = Promise.withResolvers<void>();
  private acks = new Map<number, (text: string) => void>();
  private asked = 0;
  private readonly entityId: string;

  constructor(entityId: string) {
    this.entityId = entityId;
  }

  /**
   * Resolves when the server has welcomed it, as one that is back or a new one; rejects when the connection ends before, with the
   * error of the system and the last that the server said.
   */
  open(url: string): Promise<void> {
    const { hostname, port, host } = new URL(url);
    this.connected = Promise.withResolvers();
    this.rest = Buffer.alloc(0);
    this.isUpgraded = false;
    this.lastSaid = 'nothing said';
    const tcp = connect({ host: hostname, port: Number(port), noDelay: true });
    this.tcp = tcp;
    let last = 'no error';
    tcp.on('error', ({ message }) => {
      last = message;
    });
    tcp.on('close', () => this.connected.reject(new Error(`${last}, ${this.lastSaid}`)));
    this.ended = new Promise((resolve) => tcp.once('close', () => resolve(undefined)));
    tcp.on('data', (bytes: Buffer) => this.read(bytes));
    tcp.write(handshake(host));
    this.connected.promise.catch(() => {});
    return this.connected.promise;
  }

  /** Whether the connection of the last `open` is there. */
  get isOpen(): boolean {
    return this.tcp !== undefined && !this.tcp.destroyed;
  }

  /** Ends the connection as a network does. */
  cut(): void {
    this.tcp?.destroy();
  }

  /** Reads nothing any more, or goes on. */
  pause(isPaused = true): void {
    if (isPaused) this.tcp?.pause();
    else this.tcp?.resume();
  }

  /** Sends an event, and resolves with its acknowledgement as text. */
  ask(event: string, payload: object): Promise<string> {
    const id = ++this.asked;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.acks.set(id, resolve);
    this.send(`42${id}${JSON.stringify([event, payload])}`);
    return promise;
  }

  private send(text: string): void {
    const length = Buffer.byteLength(text);
    const head = length > 65_535 ? 14 : length > 125 ? 8 : 6;
    const frame = Buffer.alloc(head + length);
    frame[0] = 0x81;
    frame[1] = 0x80 | (head === 14 ? 127 : head === 8 ? 126 : length);
    if (head === 14) frame.writeBigUInt64BE(BigInt(length), 2);
    if (head === 8) frame.writeUInt16BE(length, 2);
    frame.write(text, head);
    this.tcp?.write(frame);
  }

  private read(more: Buffer): void {
    let bytes = this.rest.length === 0 ? more : Buffer.concat([this.rest, more]);
    if (!this.isUpgraded) {
      const end = bytes.indexOf('\r\n\r\n');
      this.rest = bytes;
      if (end === -1) return;
      this.isUpgraded = true;
      this.lastSaid = bytes.toString('latin1', 0, bytes.indexOf('\r'));
      bytes = bytes.subarray(end + 4);
    }
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      const short = left < 2 ? 0 : (bytes[at + 1] as number) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (left < head) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      if (left < head + length) break;
      if (bytes[at] === 0x88) this.tcp?.destroy();
      else this.hear(bytes.toString('latin1', at + head, at + head + length));
      at += head + length;
    }
    this.rest = bytes.subarray(at);
  }

  private hear(text: string): void {
    if (text.startsWith('42["messageB')) this.countMessage(text);
    else if (text.startsWith('42["offset"')) this.offset = JSON.parse(text.slice(2))[1];
    else if (text.startsWith('42["connection_e')) {
      this.isResumed = text.includes('"resumed":true');
      this.connected.resolve();
    } else if (text.startsWith('43')) this.acknowledge(text);
    else if (text === '2') this.send('3');
    else if (text.startsWith('40')) this.pid = JSON.parse(text.slice(2)).pid;
    else if (text.startsWith('0')) {
      const auth = { pid: this.pid, offset: this.offset, entityId: this.entityId };
      this.send(`40${JSON.stringify(auth)}`);
    } else this.lastSaid = text.slice(0, 200);
  }

  private countMessage(text: string): void {
    const seq = Number(/"seq":(\d+)/.exec(text)?.[1]);
    if (this.lastSeq > 0 && seq !== this.lastSeq + 1) this.outOfOrder++;
    this.lastSeq = seq;
    this.onMessage?.(text);
  }

  private acknowledge(text: string): void {
    const id = Number.parseInt(text.slice(2), 10);
    this.acks.get(id)?.(text);
    this.acks.delete(id);
  }
}

/** What an acknowledgement says, of the text that `ask` resolves with. */
export const readAck = (text: string): unknown => JSON.parse(text.slice(text.indexOf('[')))[0];
