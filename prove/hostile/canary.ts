/**
 * The canary: a well-behaved stock client beside the attackers, in a process of its own so that their load is not its
 * latency. It sends, is acknowledged, is heard in order by another one on long-polling, and asks the agent now and then.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';

export type CanaryReport = {
  agentId: string;
  entityId: string;
  sent: number;
  acked: number;
  /** Messages that the other client heard, in order, each once. */
  heard: number;
  asked: number;
  answered: number;
  /** Milliseconds from a send to its acknowledgement. */
  p50: number;
  p99: number;
  most: number;
  /** What must not happen: refusals, silence, disorder, lost connections. */
  complaints: string[];
};

const perSecond = 20;
const questionEvery = 40;
const ackMs = 15_000;

export type Canary = {
  readonly report: CanaryReport;
  /** Stops sending; resolves when everything sent was acknowledged and heard. */
  pause(): Promise<CanaryReport>;
  resume(): void;
  stop(): Promise<void>;
};

/** `key`: of the server, where it asks for one. */
export async function startCanary(url: string, key?: string): Promise<Canary> {
  const child = fork(fileURLToPath(import.meta.url), ['sing', url, ...(key ? [key] : [])], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const hear = async (): Promise<CanaryReport> => {
    const [report] = await Promise.race([once(child, 'message'), failAtEnd(child)]);
    return report as CanaryReport;
  };
  const report = await hear();
  return {
    report,
    pause: () => {
      child.send('pause');
      return hear();
    },
    resume: () => void child.send('resume'),
    async stop() {
      process.off('exit', kill);
      const ended = once(child, 'close');
      child.send('stop');
      await ended;
    },
  };
}

async function failAtEnd(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'close');
  throw new Error(`the canary ended with ${code}`);
}

async function sing(url: string, apiKey?: string): Promise<void> {
  const [roomId, agentRoom] = [crypto.randomUUID(), crypto.randomUUID()];
  const histogram = createHistogram();
  const report: CanaryReport = {
    agentId: '', entityId: '', sent: 0, acked: 0, heard: 0, asked: 0, answered: 0, p50: 0, p99: 0, most: 0, complaints: [],
  }; // biome-ignore format: short
  const complain = (complaint: string) => {
    if (report.complaints.length < 20) report.complaints.push(complaint);
  };
  const open = (name: string, transports: string[]): Socket => {
    const socket = io(url, { transports, forceNew: true, auth: { name, apiKey } });
    socket.on('disconnect', (reason) => complain(`${name} lost its connection: ${reason}`));
    socket.on('connect_error', ({ message }) => complain(`${name} cannot connect: ${message}`));
    socket.on('error', ({ details }) => complain(`${name} was refused: ${JSON.stringify(details)}`));
    return socket;
  };
  const [singer, listener] = [open('Canary', ['websocket']), open('Listener', ['polling'])];
  listener.on('messageBroadcast', ({ roomId: room, text, seq }) => {
    if (room !== roomId) return;
    report.heard++;
    if (text !== String(report.heard) || seq !== report.heard)
      complain(`heard ${text} as seq ${seq}, expected ${report.heard}`);
  });
  singer.on('messageComplete', ({ roomId: room, outcome }) => {
    if (room !== agentRoom) return;
    if (outcome === 'answered') report.answered++;
    else complain(`the agent's answer: ${outcome}`);
  });
  singer.once('authenticated', ({ entityId }) => (report.entityId = entityId));
  await Promise.all([singer, listener].map((socket) => socket.timeout(ackMs).emitWithAck('join', { roomId })));
  const world = new Promise<{ agents: object }>((resolve) => singer.once('world-state', resolve));
  singer.emit('request-world-state', {});
  report.agentId = Object.keys((await world).agents)[0] ?? '';
  await singer.timeout(ackMs).emitWithAck('join', { roomId: agentRoom, agentId: report.agentId });

  const send = async (room: string, text: string) => {
    const began = performance.now();
    try {
      const ack = await singer.timeout(ackMs).emitWithAck('message', { roomId: room, text });
      if (!ack.ok) return complain(`${text}: ${JSON.stringify(ack)}`);
      histogram.record(Math.max(1, Math.round((performance.now() - began) * 1_000)));
      report.acked++;
    } catch {
      complain(`${text}: no acknowledgement within ${ackMs} ms`);
    }
  };
  let songs = 0;
  const underWay = new Set<Promise<void>>();
  const sendNext = () => {
    report.sent++;
    const isQuestion = report.sent % questionEvery === 0;
    if (isQuestion) report.asked++;
    const sent = send(isQuestion ? agentRoom : roomId, isQuestion ? 'Men are all alike.' : String(++songs));
    underWay.add(sent);
    void sent.then(() => underWay.delete(sent));
  };
  let timer: NodeJS.Timeout | undefined;
  const isSettled = () => underWay.size === 0 && report.heard >= songs && report.answered >= report.asked;
  process.on('message', async (order) => {
    if (order === 'stop') process.exit();
    if (order === 'resume') timer ??= setInterval(sendNext, 1_000 / perSecond);
    else {
      clearInterval(timer);
      timer = undefined;
      const deadline = performance.now() + ackMs;
      while (!isSettled() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      if (!isSettled())
        complain(`of ${songs} heard ${report.heard}, of ${report.asked} questions ${report.answered} answered`);
      const [p50, p99] = [50, 99].map((which) => histogram.percentile(which) / 1_000) as [number, number];
      process.send?.({ ...report, p50, p99, most: histogram.max / 1_000 });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.(report);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'sing')
  await sing(process.argv[3] ?? '', process.argv[4]);
