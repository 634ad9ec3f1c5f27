/**
 * One attacker on a WebSocket: sends packets in batches, each with a question at its end that a live connection answers.
 * So every batch ends with an answer or with the end of the connection, or it is an incident.
 */
import { WebSocket } from 'ws';
import type { Packet } from './packets/packet.ts';
import { patienceMs, type Target } from './packets/tcp.ts';
import { firstQuestion, type Tally, toQuestion } from './tally.ts';

/** How a batch, or the opening of a connection, ended. */
export type End = 'answered' | 'refused' | 'closed' | 'left hanging';

export class Attacker {
  private ws: WebSocket | undefined;
  private asked = firstQuestion;
  private isConnecting = false;
  private settle: (end: End) => void = () => {};
  private readonly target: Target;
  private readonly tally: Tally;
  private readonly pids: string[];

  constructor(target: Target, tally: Tally, pids: string[]) {
    this.target = target;
    this.tally = tally;
    this.pids = pids;
  }

  get isOpen(): boolean {
    return this.ws?.readyState === WebSocket.OPEN;
  }

  /** Connects, with credentials as they will stand in the packet. */
  async open(auth: string): Promise<End> {
    this.drop();
    const { host, port } = this.target;
    const ws = new WebSocket(`ws://${host}:${port}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
    this.ws = ws;
    this.isConnecting = true;
    ws.on('message', (data: Buffer) => this.receive(ws, data));
    ws.on('close', (code) => {
      this.tally.closes.add(String(code));
      if (this.ws === ws) this.settle('closed');
    });
    // Followed by a close, which is counted.
    ws.on('error', () => {});
    ws.on('open', () => ws.send(`40${auth}`));
    const end = await this.wait();
    this.isConnecting = false;
    if (end !== 'answered') this.drop();
    return end;
  }

  /** Sends packets; resolves when the server has been through all of them, or has hung up. */
  async send(packets: readonly Packet[]): Promise<End> {
    const { ws } = this;
    if (!ws || ws.readyState !== WebSocket.OPEN) return 'closed';
    this.asked++;
    // One write for the whole batch, as a client under load sends it.
    const { _socket: socket } = ws as unknown as { _socket: { cork(): void; uncork(): void } };
    socket.cork();
    for (const { data } of packets) ws.send(data);
    ws.send(toQuestion(this.asked));
    socket.uncork();
    return this.wait();
  }

  /** Goes without a word. */
  drop(): void {
    const { ws } = this;
    this.ws = undefined;
    ws?.terminate();
  }

  private wait(): Promise<End> {
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.settle('left hanging'), patienceMs);
      this.settle = (end) => {
        clearTimeout(deadline);
        resolve(end);
      };
    });
  }

  private receive(ws: WebSocket, data: Buffer): void {
    const text = data.toString();
    const meaning = this.tally.receive(text);
    if (this.ws !== ws) return;
    if (meaning === 'connected') {
      const pid = /"pid":"([^"]*)"/.exec(text)?.[1];
      if (pid) this.pids.push(pid);
      if (this.pids.length > 100) this.pids.shift();
    }
    if (this.isConnecting && meaning === 'refused') this.settle('refused');
    else if (this.isConnecting && meaning === 'connected') this.settle('answered');
    else if (meaning === this.asked) this.settle('answered');
    // Heartbeats are answered: an attacker stays as long as it can.
    else if (text === '2') ws.send('3');
  }
}
