/** Attackers on HTTP long-polling: the same packets, many in one body, and sessions that are closed, cut off or left behind. */
import { Agent, request } from 'node:http';
import type { End } from './attacker.ts';
import { type Packet, toBodyPart } from './packets/packet.ts';
import { patienceMs, type Target } from './packets/tcp.ts';
import { firstQuestion, type Tally, toQuestion } from './tally.ts';

const separator = '\x1e';

/** One connection pool for all of them, as a proxy has it. */
const agent = new Agent({ keepAlive: true, maxSockets: 128 });

type Answer = { status: number; body: string };

/** `status` 0: no answer but the end of the connection; -1: neither. */
function ask({ host, port }: Target, method: 'GET' | 'POST', sid: string | undefined, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const path = `/socket.io/?EIO=4&transport=polling${sid === undefined ? '' : `&sid=${encodeURIComponent(sid)}`}`;
    const headers = { 'content-type': 'text/plain;charset=UTF-8', 'content-length': Buffer.byteLength(body ?? '') };
    const asking = request({ host, port, path, method, agent, ...(body !== undefined && { headers }) }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        received += part;
      });
      response.on('close', () => resolve({ status: response.statusCode ?? 0, body: received }));
    });
    asking.setTimeout(patienceMs, () => {
      resolve({ status: -1, body: '' });
      asking.destroy();
    });
    asking.on('error', () => resolve({ status: 0, body: '' }));
    asking.end(body);
  });
}

export class PollingAttacker {
  sid: string | undefined;
  private readonly target: Target;
  private readonly tally: Tally;

  constructor(target: Target, tally: Tally) {
    this.target = target;
    this.tally = tally;
  }

  /** Opens a session and connects with credentials; those that are refused end it. */
  async open(auth: string): Promise<End> {
    const opened = await ask(this.target, 'GET', undefined);
    this.sid = /"sid":"([\w-]+)"/.exec(opened.body)?.[1];
    if (this.sid === undefined) return opened.status === -1 ? 'left hanging' : 'closed';
    const { status } = await ask(this.target, 'POST', this.sid, `40${auth}`);
    if (status !== 200) return this.describeEnd(status);
    return this.poll((meaning) =>
      meaning === 'connected' ? 'answered' : meaning === 'refused' ? 'refused' : undefined,
    );
  }

  /** Sends packets in one body; resolves when the server has been through all of them, or has ended the session. */
  async send(packets: readonly Packet[]): Promise<End> {
    const body = [...packets.map(toBodyPart), toQuestion(firstQuestion)].join(separator);
    const { status } = await ask(this.target, 'POST', this.sid, body);
    if (status !== 200) return this.describeEnd(status);
    return this.poll((meaning) => (meaning === firstQuestion ? 'answered' : undefined));
  }

  /** Ends the session as a client that leaves does. */
  async close(): Promise<void> {
    await ask(this.target, 'POST', this.sid, '1');
  }

  private async poll(settles: (meaning: ReturnType<Tally['receive']>) => End | undefined): Promise<End> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const { status, body } = await ask(this.target, 'GET', this.sid);
      if (status !== 200) return this.describeEnd(status);
      let end: End | undefined;
      for (const part of body.split(separator)) {
        end = settles(this.tally.receive(part)) ?? end;
        if (part === '2') await ask(this.target, 'POST', this.sid, '3');
        if (part === '1') return this.describeEnd(200);
      }
      if (end) return end;
    }
    return 'left hanging';
  }

  private describeEnd(status: number): End {
    this.tally.closes.add(`polling ${status}`);
    return status === -1 ? 'left hanging' : 'closed';
  }
}

/** Lets go of the connections that are kept open for the next request. */
export const closePolling = (): void => agent.destroy();
