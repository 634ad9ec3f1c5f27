/**
 * A load of HTTP requests, a process of its own: connections that are kept, each with one request under way. It reads no
 * more of an answer than its status and its length, so that the server is what limits the figure.
 */
import { connect, type Socket } from 'node:net';
import { percentile } from '../measure.ts';
import { serveCommands } from '../processes.ts';

export type HttpRequest = { method: string; path: string; body?: string };
export type HttpRate = { perSecond: number; p50: number; p99: number; cpu: number };

export type HttpCommands = typeof commands;

const commands = { ask };
serveCommands(commands);

/** Sends the requests in turn over so many connections, for so long; each must be answered with a status of 2xx. */
async function ask(order: {
  url: string;
  requests: HttpRequest[];
  connections: number;
  seconds: number;
}): Promise<HttpRate> {
  const { url, requests, connections, seconds } = order;
  const texts = requests.map((request) => format(request, new URL(url).host));
  const times: number[] = [];
  const before = process.cpuUsage();
  const began = performance.now();
  const end = began + seconds * 1000;
  let next = 0;
  const takeNext = () => (performance.now() < end ? texts[next++ % texts.length] : undefined);
  await Promise.all(Array.from({ length: connections }, () => run(new URL(url), takeNext, times)));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length / ms) * 1000,
    p50: percentile(times, 50),
    p99: percentile(times, 99),
    cpu: (user + system) / 1000 / ms,
  };
}

function format({ method, path, body }: HttpRequest, host: string): Buffer {
  const head = [`${method} ${path} HTTP/1.1`, `host: ${host}`];
  if (body !== undefined) head.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

function run({ hostname, port }: URL, takeNext: () => Buffer | undefined, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname);
    let sentAt = 0;
    /** Bytes of the answer that are still to come; undefined while its head is read. */
    let missing: number | undefined;
    let head = '';
    const send = () => {
      const text = takeNext();
      if (!text) return void socket.end(resolve);
      sentAt = performance.now();
      socket.write(text);
    };
    socket.setNoDelay(true);
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (data) => {
      if (missing === undefined) {
        head += data.toString('latin1');
        const headEnd = head.indexOf('\r\n\r\n');
        if (headEnd < 0) return;
        if (!/^HTTP\/1\.1 2/.test(head)) return void reject(new Error(head.slice(0, 1000)));
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        missing = length - (head.length - headEnd - 4);
        head = '';
      } else missing -= data.length;
      if (missing > 0) return;
      missing = undefined;
      times.push(performance.now() - sentAt);
      send();
    });
  });
}
