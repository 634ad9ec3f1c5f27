/**
 * A real server in a process of its own that can be asked how much memory it holds after garbage collection, and how many
 * connections; what it logs as an error, warns of or dies of is counted. The same file is that process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { queryObjects, writeHeapSnapshot } from 'node:v8';

/** In bytes, after garbage collection; `resources` are timers, sockets and whatever else keeps a process alive. */
export type Memory = { heapUsed: number; external: number; arrayBuffers: number; rss: number; resources: number };

/** Objects that are alive: connections of Engine.IO, sockets of Socket.IO. */
export type Connections = { connections: number; sockets: number };

type Questions = {
  memory: () => Promise<Memory>;
  connections: () => Connections;
  /** Writes a heap snapshot and returns where. */
  snapshot: () => string;
};

export type Health = {
  /** How it ended without being asked to, or nothing. */
  death: string | undefined;
  uncaughtExceptions: number;
  unhandledRejections: number;
  warnings: number;
  /** Lines of the log at level error and above. */
  errors: number;
  /** The first of what was printed of all this. */
  evidence: string[];
};

export type MeasuredServer = {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  readonly health: Health;
  ask<Q extends keyof Questions>(question: Q): Promise<Awaited<ReturnType<Questions[Q]>>>;
  stop(): Promise<void>;
};

const mark = { exception: '[uncaught exception]', rejection: '[unhandled rejection]', warning: '[warning]' };
const mostEvidence = 40;

/** Starts one on a free port, with a data directory that goes with it. `env` is all the environment that it sees. */
export async function startMeasuredServer(env: Record<string, string> = {}): Promise<MeasuredServer> {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-measured-'));
  const child = fork(fileURLToPath(import.meta.url), ['serve'], {
    // The count of living objects is experimental.
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    env: { PORT: '0', ELIZAD_DATA: join(dir, 'data'), LOG_LEVEL: 'warn', STOP_TIMEOUT_MS: '0', ...env },
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const health: Health = {
    death: undefined,
    uncaughtExceptions: 0,
    unhandledRejections: 0,
    warnings: 0,
    errors: 0,
    evidence: [],
  };
  watch(child, health);
  let isStopping = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    if (!isStopping) health.death = `ended with ${signal ?? `code ${code}`}`;
  });
  const died = ended.then(() => Promise.reject(new Error(`the server ${health.death}\n${health.evidence.join('\n')}`)));
  died.catch(() => {});
  const [{ url }] = (await Promise.race([once(child, 'message'), died])) as [{ url: string }];
  let asked = 0;
  return {
    url,
    pid: child.pid as number,
    port: Number(new URL(url).port),
    dataDir: join(dir, 'data'),
    health,
    ask: (question) => {
      const id = ++asked;
      const answer = new Promise<never>((resolve) => {
        const listen = (message: { id: number; answer: never }) => {
          if (message.id !== id) return;
          child.off('message', listen);
          resolve(message.answer);
        };
        child.on('message', listen);
      });
      child.send({ id, question });
      return Promise.race([answer, died]);
    },
    async stop() {
      isStopping = true;
      if (child.connected) child.send({ question: 'stop' });
      await ended;
      process.off('exit', kill);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function watch(child: ChildProcess, health: Health): void {
  const keep = (line: string) => {
    if (health.evidence.length < mostEvidence) health.evidence.push(line.slice(0, 2_000));
  };
  if (!child.stdout || !child.stderr) return;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!(Number(/^{"level":(\d+)/.exec(line)?.[1]) >= 50)) return;
    health.errors++;
    keep(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith(mark.exception)) health.uncaughtExceptions++;
    if (line.startsWith(mark.rejection)) health.unhandledRejections++;
    if (line.startsWith(mark.warning)) health.warnings++;
    keep(line);
  });
}

/** The process itself: it dies as the real one does, of whatever that would die of. */
async function serve(): Promise<void> {
  // Written at once: after the listener there is no later.
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    const which = origin === 'unhandledRejection' ? mark.rejection : mark.exception;
    writeSync(2, `${which} ${error?.stack ?? error}\n`);
  });
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') writeSync(2, `${mark.warning} ${warning.stack ?? warning.message}\n`);
  });
  const [{ startApp }, { readSettings }, engineIo, socketIo] = await Promise.all([
    import('../packages/server/src/app/app.ts'),
    import('../packages/server/src/config.ts'),
    import('engine.io'),
    import('socket.io'),
  ]);
  const app = await startApp(readSettings({ env: process.env }));
  const questions: Questions = {
    memory: measureMemory,
    // Exact, however they came to be: objects on the heap, after garbage collection.
    connections: () => ({
      connections: Number(queryObjects(engineIo.Socket)),
      sockets: Number(queryObjects(socketIo.Socket)),
    }),
    snapshot: () => writeHeapSnapshot(join(tmpdir(), `elizad-${process.pid}-${Date.now()}.heapsnapshot`)),
  };
  const stop = async () => {
    await app.stop();
    process.exit();
  };
  process.on('message', async ({ id, question }: { id: number; question: keyof Questions | 'stop' }) => {
    if (question === 'stop') await stop();
    else process.send?.({ id, answer: await questions[question]() });
  });
  // Whoever asked is gone.
  process.on('disconnect', stop);
  process.send?.({ url: app.url });
}

/** Collects until nothing more goes: what one round frees lets the next one free more. */
async function measureMemory(): Promise<Memory> {
  let last = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    globalThis.gc?.();
    // Finalizers and closed handles go in steps of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { heapUsed } = process.memoryUsage();
    if (round > 2 && last - heapUsed < 20_000) break;
    last = heapUsed;
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { heapUsed, external, arrayBuffers, rss, resources: process.getActiveResourcesInfo().length };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'serve') await serve();
