/**
 * A stock-protocol WebSocket client that costs next to nothing: bare TCP, the handshakes by hand, frames counted by their
 * headers. What a room hears is not decoded; acknowledgements are handed on as text.
 */
import { connect, type Socket } from 'node:net';

/** What all sockets of this process have heard. */
export const heard = { broadcasts: 0, bytes: 0, closed: 0 };

const readBuffer = Buffer.allocUnsafe(256 * 1024);
/** As much of a frame as is looked at: its head, and enough of the payload to know `42["messageB…` from others. */
const headBytes = 10;
const lookBytes = 12;
const [letterB, letter4, letter2, letterE] = [0x42, 0x34, 0x32, 0x65];

export type RawSocketOptions = { auth?: object; onProgress?: () => void; onAck?: (text: string) => void };

export class RawSocket {
  private readonly tcp: Socket;
  private readonly options: RawSocketOptions;
  private readonly opened: { resolve(): void; reject(error: Error): void };
  private upgrade: string | undefined = '';
  private readonly carry = Buffer.allocUnsafe(headBytes + lookBytes);
  private carried = 0;
  /** Bytes of the current frame that are still to come, and its text where it is wanted. */
  private left = 0;
  private text: string | undefined;

  private constructor(url: string, options: RawSocketOptions, opened: RawSocket['opened']) {
    const { hostname, port, host } = new URL(url);
    this.options = options;
    this.opened = opened;
    const onread = { buffer: readBuffer, callback: (bytes: number) => this.read(bytes) };
    this.tcp = connect({ host: hostname, port: Number(port), noDelay: true, onread });
    this.tcp.on('error', opened.reject).on('close', () => {
      heard.closed++;
      opened.reject(new Error('the server closed a socket'));
    });
    const headers = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
    this.tcp.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\nSec-WebSocket-Key: ${btoa('0123456789abcdef')}\r\n\r\n`,
    );
  }

  /** Resolves when Socket.IO's CONNECT is answered. */
  static async open(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = new RawSocket(url, options, { resolve, reject });
    await promise;
    return socket;
  }

  /** One text frame. Its mask is zero, which every server takes and which costs nothing. */
  send(text: string): void {
    const length = Buffer.byteLength(text);
    const isLong = length > 125;
    const frame = Buffer.alloc((isLong ? 8 : 6) + length);
    frame[0] = 0x81;
    frame[1] = 0x80 | (isLong ? 126 : length);
    if (isLong) frame.writeUInt16BE(length, 2);
    frame.write(text, frame.length - length);
    this.tcp.write(frame);
  }

  close(): void {
    this.tcp.destroy();
  }

  private read(count: number): boolean {
    heard.bytes += count;
    let at = 0;
    if (this.upgrade !== undefined) at = this.readUpgrade(count);
    while (at < count) at = this.left > 0 ? this.readPayload(at, count) : this.readHead(at, count);
    this.options.onProgress?.();
    return true;
  }

  private readUpgrade(count: number): number {
    const before = this.upgrade?.length ?? 0;
    this.upgrade += readBuffer.toString('latin1', 0, count);
    const end = this.upgrade?.indexOf('\r\n\r\n') ?? -1;
    if (end === -1) return count;
    if (!this.upgrade?.startsWith('HTTP/1.1 101')) this.opened.reject(new Error(this.upgrade));
    this.upgrade = undefined;
    return end + 4 - before;
  }

  private readHead(at: number, count: number): number {
    if (this.carried === 0) {
      const taken = this.begin(readBuffer, at, count);
      if (taken > 0) return at + taken;
    }
    // The head is torn between two reads: byte by byte into the buffer that both share.
    this.carry[this.carried++] = readBuffer[at] as number;
    const whole = this.begin(this.carry, 0, this.carried);
    // What of the payload was looked at is in the carry; nothing of it is text that is wanted, or `begin` has taken it.
    if (whole > 0) this.carried = 0;
    return at + 1;
  }

  /** Reads a head with what is looked at behind it; returns how many bytes that were, or 0 when they are not all there. */
  private begin(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) return 0;
    const short = (bytes[at + 1] as number) & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (end - at < head) return 0;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const looked = Math.min(length, lookBytes);
    const body = at + head;
    if (end - body < looked) return 0;
    this.left = length - looked;
    if (bytes[body] === letter4 && bytes[body + 1] === letter2) {
      if (bytes[body + 11] === letterB) heard.broadcasts++;
      if (bytes[body + 4] === letterE) this.text = bytes.toString('latin1', body, body + looked);
    } else this.text = bytes.toString('latin1', body, body + looked);
    if (this.left === 0) this.finish();
    return head + looked;
  }

  private readPayload(at: number, count: number): number {
    const taken = Math.min(this.left, count - at);
    if (this.text !== undefined) this.text += readBuffer.toString('latin1', at, at + taken);
    this.left -= taken;
    if (this.left === 0) this.finish();
    return at + taken;
  }

  private finish(): void {
    const { text } = this;
    if (text === undefined) return;
    this.text = undefined;
    // A close frame without a reason: the server stops.
    if (text === '') return;
    if (text === '2') this.send('3');
    else if (text.startsWith('0{')) this.send(`40${this.options.auth ? JSON.stringify(this.options.auth) : ''}`);
    else if (text.startsWith('40')) this.opened.resolve();
    else if (text.startsWith('43')) this.options.onAck?.(text);
    else throw new Error(`the server said ${text.slice(0, 300)}`);
  }
}
