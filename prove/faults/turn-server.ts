/**
 * A server whose agents have three models: one that hangs, one that is quick, and the built-in Eliza. It runs in a process of its
 * own, and is killed or stopped and started again on the same data.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';
import { openFakeProvider } from '../../packages/server/tests/support/fake-provider.ts';

const main = fileURLToPath(new URL('../../packages/server/src/cli/main.ts', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: what arrives is checked by who asks
export type Payload = any;

/** Longest wait for what a mission waits for, in ms. */
const deadlineMs = 30_000;

export type TurnServer = Awaited<ReturnType<typeof openTurnServer>>;
export type Talk = Awaited<ReturnType<TurnServer['connect']>>;

/**
 * Makes the directory and the models; nothing runs before `start`. `config` is the text of an `elizad.config.ts`; `files` is how
 * many files and connections the process may have open.
 */
export async function openTurnServer(
  env: Record<string, string> = {},
  config?: (dir: string) => string,
  files?: number,
) {
  const slow = await openFakeProvider();
  const quick = await openFakeProvider();
  const dir = mkdtempSync(join(tmpdir(), 'elizad-turns-'));
  const agents = { Hannah: 'openai/hangs', Henry: 'openai/hangs', Quinn: 'ollama/quick', Eliza: 'eliza' };
  const characters = Object.entries(agents).map(([name, model]) => {
    const path = join(dir, `${name}.json`);
    writeFileSync(path, JSON.stringify({ name, bio: ['Calm.'], settings: { model, memory: false } }));
    return path;
  });
  if (config) writeFileSync(join(dir, 'elizad.config.ts'), config(dir));
  const dataDir = join(dir, 'data');
  let child: ChildProcess | undefined;
  let url = '';
  let output = '';
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'close');
    ending.kill(signal);
    await gone;
  };
  return {
    slow,
    quick,
    dir,
    dataDir,
    /** Of the last start. */
    get url() {
      return url;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    /** What the last one printed as errors. */
    output: () => output,
    /** Whether it runs: it was started, and has not ended. */
    isAlive: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    /** On the port where it was before. `more` is for the environment of this start alone. */
    async start(more: Record<string, string> = {}) {
      const port = url === '' ? '0' : new URL(url).port;
      const args = [main, 'serve', '--port', port, '--data', dataDir];
      const program = files === undefined ? process.execPath : 'sh';
      const limited =
        files === undefined ? args : ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath, ...args];
      const started = spawn(program, limited, {
        cwd: dir,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          PATH: process.env.PATH,
          OPENAI_BASE_URL: `${slow.url}/v1`,
          OPENAI_API_KEY: 'sk-test',
          OLLAMA_BASE_URL: quick.url,
          ELIZAD_CHARACTERS: characters.join(),
          ...(config && { ELIZAD_CONFIG: join(dir, 'elizad.config.ts') }),
          MODEL_ATTEMPTS: '1',
          LOG_LEVEL: 'silent',
          STOP_TIMEOUT_MS: '0',
          ...env,
          ...more,
        },
      });
      child = started;
      output = '';
      url = await new Promise<string>((resolve, reject) => {
        started.stderr.on('data', (text: Buffer) => {
          output += text;
          const ready = /url\s+(http:\S+)/.exec(output)?.[1];
          if (ready) resolve(ready.replace('localhost', '127.0.0.1'));
        });
        started.once('close', () => reject(new Error(`the server did not start: ${output.slice(-2_000)}`)));
      });
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    connect: () => connect(url),
    async close() {
      await end('SIGKILL');
      await Promise.all([slow.close(), quick.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A stock client that remembers what it heard. */
async function connect(url: string) {
  const socket: Socket = io(url, { forceNew: true, reconnection: false, transports: ['websocket'] });
  const heard: { event: string; payload: Payload }[] = [];
  const waiting = new Set<() => void>();
  socket.onAny((event: string, payload: Payload) => {
    if (event === 'offset') return;
    heard.push({ event, payload });
    for (const look of waiting) look();
  });
  const until = (event: string, fits: (payload: Payload) => boolean = () => true, from = 0) =>
    new Promise<Payload>((resolve, reject) => {
      let next = from;
      const deadline = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no fitting ${event} within ${deadlineMs} ms`));
      }, deadlineMs);
      const look = () => {
        for (; next < heard.length; next++) {
          const one = heard[next];
          if (one?.event !== event || !fits(one.payload)) continue;
          clearTimeout(deadline);
          waiting.delete(look);
          resolve(one.payload);
          return;
        }
      };
      waiting.add(look);
      look();
    });
  const ask = (event: string, payload: object): Promise<Payload> =>
    socket.timeout(deadlineMs).emitWithAck(event, payload);
  socket.emit('request-world-state', {});
  const { agents } = await until('world-state');
  const idOf = (name: string): string =>
    Object.values<Payload>(agents).find((agent) => agent.name === name)?.id ?? `no ${name}`;
  return {
    socket,
    heard,
    until,
    ask,
    async join(name: string): Promise<string> {
      const roomId = crypto.randomUUID();
      await ask('join', { roomId, agentId: idOf(name) });
      return roomId;
    },
    /** The same without waiting for it: what is sent next is handled after it. */
    enter(name: string): string {
      const roomId = crypto.randomUUID();
      socket.emit('join', { roomId, agentId: idOf(name) });
      return roomId;
    },
    /** Says something, and resolves with how it ended and how long that and its acknowledgement took, in ms. */
    async converse(roomId: string, text = 'Hello') {
      const from = heard.length;
      const began = performance.now();
      const { messageId } = await ask('message', { roomId, text });
      const ackMs = performance.now() - began;
      const { outcome, turns } = await until('messageComplete', (done) => done.messageId === messageId, from);
      return { outcome, turns, ackMs, ms: performance.now() - began };
    },
  };
}
