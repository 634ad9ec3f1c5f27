/** The server under torture: a child process with a data directory of its own, killed and started again on one port. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ServerProcess = {
  readonly url: string;
  /** Where its data and its log are. */
  readonly dir: string;
  /** Ends it with SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it accepts sockets again; `killAfterMs` kills it that long after its start. */
  start(killAfterMs?: number): Promise<void>;
  /** Memory in use, in MB. */
  readRss(): number | undefined;
  /** Ends it; the directory goes too, unless it is kept. */
  close(keep: boolean): Promise<void>;
};

/** The server could not be started. */
export class CannotStart extends Error {}

const readyMs = 30_000;

/** Nothing of the caller's environment may choose another model, another port, or other data. */
const foreign =
  /^(PORT|SERVER_PORT|HOST|SERVER_HOST|ELIZAD_(DATA|MODEL|CHARACTERS|API_KEY)|.*_API_KEY|.*_BASE_URL|.*_AUTH_TOKEN)$/;

export async function startServer(modelUrl: string): Promise<ServerProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-torture-'));
  const character = join(dir, 'torture.json');
  writeFileSync(
    character,
    JSON.stringify({ name: 'Torture', bio: ['Patient.'], settings: { model: 'openai/torture' } }),
  );
  const log = createWriteStream(join(dir, 'server.log'));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  Object.assign(env, {
    OPENAI_BASE_URL: modelUrl,
    OPENAI_API_KEY: 'torture',
    TURN_TIMEOUT_MS: '1000',
    LOG_LEVEL: 'warn',
  });
  let port = '0';
  let child: ChildProcess | undefined;
  let url = '';

  async function start(killAfterMs?: number): Promise<void> {
    const args = ['serve', '--port', port, '--data', join(dir, 'data'), '--character', character];
    // Its own directory: an .env of the caller is none of its business.
    const started = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
      env,
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let output = '';
    const { promise: ready, resolve } = Promise.withResolvers<string | undefined>();
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (text: Buffer) => {
        log.write(text);
        if (output.length < 10_000) output += text;
        const found = /url\s+(http:\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      });
    }
    started.once('close', () => resolve(undefined));
    const deadline = setTimeout(() => started.kill('SIGKILL'), killAfterMs ?? readyMs);
    const found = await ready;
    clearTimeout(deadline);
    if (found) url = found;
    else if (killAfterMs === undefined)
      throw new CannotStart(`the server did not start; it printed:\n${output.trim()}`);
    port = url ? new URL(url).port : port;
  }

  const kill = async () => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('close', resolve));
    ending.kill('SIGKILL');
    await gone;
  };

  const remove = () => rmSync(dir, { recursive: true, force: true });
  try {
    await start();
  } catch (error) {
    remove();
    throw error;
  }
  return {
    url,
    dir,
    kill,
    start,
    readRss: () => (child?.pid === undefined ? undefined : readRss(child.pid)),
    async close(keep) {
      await kill();
      log.end();
      if (!keep) remove();
    },
  };
}

function readRss(pid: number): number | undefined {
  try {
    const kilobytes =
      process.platform === 'linux'
        ? /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return Math.round(Number(kilobytes) / 1000);
  } catch {
    return undefined;
  }
}
