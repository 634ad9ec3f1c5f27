/** The server under torture: a child process with a data directory of its own, killed and started again on one port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostProcess, watchHosts } from './project/host-process.ts';

/** Memory after a collection of garbage, in MB: what the process keeps, and what the system gave it. */
export type MemoryUse = { kept: number; resident: number };

export type ServerProcess = {
  /** Known from the first start on; it stays. */
  readonly url: string;
  /** Where its data and its log are. */
  readonly dir: string;
  /** What it did that nobody asked for: it ended by itself, or did not restart. */
  readonly failures: readonly string[];
  /** Resolves when it accepts sockets. Throws `CannotStart`; `killAfterMs` kills it that long after its start instead. */
  start(killAfterMs?: number): Promise<void>;
  /** Ends it with SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>;
  /** The process of the project under torture; undefined without one. */
  readonly host: HostProcess | undefined;
  isRunning(): boolean;
  /** Nothing when it does not answer. */
  readMemory(): Promise<MemoryUse | undefined>;
  /** Ends it for good; the directory goes too, unless it is kept. */
  close(keep: boolean): Promise<void>;
};

/** The server cannot be started, or cannot be reached. */
export class CannotStart extends Error {}

/** On a machine that is busy with other things, two processes start slowly. */
const readyMs = 120_000;
const memoryMs = 10_000;

/** Nothing of the caller's environment may choose another model, another port, or other data. */
const foreign =
  /^(PORT|SERVER_PORT|HOST|SERVER_HOST|BASE_PATH|ELIZAD_(DATA|CHARACTERS|PROJECTS|CONFIG|API_KEY|API_KEY_FILE|STARTED_AT)|OPENAI_API|.*_MODEL|.*_API_KEY|.*_BASE_URL|.*_AUTH_TOKEN)$/;

/**
 * Runs in the server: says what it keeps when it is asked, and which process it starts for a project, and ends with whoever
 * started it.
 */
const probe = `process.getBuiltinModule('diagnostics_channel').subscribe('child_process', ({ process: child }) =>
  child.once('spawn', () => {
    if (child.spawnargs.some((one) => /host[\\\\/]main\\.[jt]s$/.test(one))) process.send({ host: child.pid });
  }));
process.on('message', () => {
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ kept: (heapUsed + external) / 1e6, resident: rss / 1e6 });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel.unref();`;
const nodeFlags = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(probe)}`];

/** Who answers: an agent of ours whose model is at a URL, or the agents of an Eliza OS project. */
export type Answering = { readonly modelUrl: string } | { readonly project: string };

/** Makes the directory; nothing runs before `start`. */
export function prepareServer(answering: Answering): ServerProcess {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-torture-'));
  const log = createWriteStream(join(dir, 'server.log'));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const subject = prepareAgents(dir, answering);
  Object.assign(env, { LOG_LEVEL: 'warn', ...subject.env });
  const host = 'project' in answering ? watchHosts() : undefined;
  const failures: string[] = [];
  let url = '';
  let child: ChildProcess | undefined;
  /** Ended by us: what happens to it now is no failure. */
  const ended = new WeakSet<ChildProcess>();
  let isClosed = false;

  async function start(killAfterMs?: number): Promise<void> {
    // Whoever is still at work when all is closed waits for ever, and goes with the process.
    if (isClosed) return new Promise(() => {});
    const port = url === '' ? '0' : new URL(url).port;
    const serve = ['serve', '--port', port, '--data', join(dir, 'data'), ...subject.args];
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
    // Its own directory: an .env of the caller is none of its business.
    const started = spawn(process.execPath, [...nodeFlags, process.argv[1] ?? '', ...serve], {
      env,
      cwd: dir,
      stdio: [...stdio],
    });
    child = started;
    started.on('message', (message: unknown) => host?.hear(message));
    let output = '';
    const found = new Promise<string | undefined>((resolve) => {
      for (const stream of [started.stdout, started.stderr]) {
        stream?.on('data', (text: Buffer) => {
          log.write(text);
          output = `${output}${text}`.slice(-10_000);
          const ready = /url\s+(http:\S+)/.exec(output)?.[1];
          if (ready) resolve(ready);
        });
      }
      started.once('close', () => resolve(undefined));
    });
    const deadline = setTimeout(() => end(started), killAfterMs ?? readyMs);
    const ready = await found;
    clearTimeout(deadline);
    url ||= ready ?? '';
    if (isClosed) return new Promise(() => {});
    if (ready) started.once('close', (code, signal) => noteEnd(started, code ?? signal, output));
    else if (killAfterMs === undefined) {
      if (url !== '') failures.push(`it did not restart: ${lastLine(output)}`);
      throw new CannotStart(`the server did not start: ${lastLine(output)}`);
    }
  }

  function noteEnd(gone: ChildProcess, how: number | string | null, output: string): void {
    if (!ended.has(gone)) failures.push(`it ended by itself (${how}): ${lastLine(output)}`);
  }

  function end(process: ChildProcess): void {
    ended.add(process);
    process.kill('SIGKILL');
  }

  async function kill(): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || !isAlive(ending)) return;
    const gone = new Promise((resolve) => ending.once('close', resolve));
    end(ending);
    await gone;
  }

  return {
    get url() {
      return url;
    },
    dir,
    failures,
    start,
    kill,
    host,
    isRunning: () => child !== undefined && isAlive(child),
    readMemory: () => (child?.connected ? askMemory(child) : Promise.resolve(undefined)),
    async close(keep) {
      isClosed = true;
      await kill();
      await host?.gone();
      await new Promise<void>((resolve) => log.end(resolve));
      if (!keep) rmSync(dir, { recursive: true, force: true });
    },
  };
}

function prepareAgents(dir: string, answering: Answering): { args: string[]; env: Record<string, string> } {
  if ('project' in answering) return { args: ['--project', answering.project], env: { TURN_TIMEOUT_MS: '15000' } };
  const character = join(dir, 'torture.json');
  const settings = { name: 'Torture', bio: ['Patient.'], settings: { model: 'openai/torture' } };
  writeFileSync(character, JSON.stringify(settings));
  const env = {
    OPENAI_BASE_URL: answering.modelUrl,
    OPENAI_API_KEY: 'torture',
    TURN_TIMEOUT_MS: '1000',
    // A model that fails is a turn that fails: the ledger counts on it.
    MODEL_ATTEMPTS: '1',
  };
  return { args: ['--character', character], env };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

const lastLine = (output: string): string => output.trim().split('\n').at(-1) || 'it printed nothing';

function askMemory(child: ChildProcess): Promise<MemoryUse | undefined> {
  return new Promise((resolve) => {
    const settle = (use?: unknown) => {
      if (typeof use === 'object' && use !== null && 'host' in use) return;
      clearTimeout(deadline);
      child.off('message', settle).off('close', giveUp);
      resolve(use as MemoryUse | undefined);
    };
    const giveUp = () => settle();
    const deadline = setTimeout(giveUp, memoryMs);
    child.on('message', settle).once('close', giveUp);
    child.send('memory', () => {});
  });
}
