/** A real server inside the test's process, and a real one in a process of its own, each with a data directory that goes with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type App, startApp } from '../../src/app/app.ts';
import { readSettings } from '../../src/config.ts';

/** A directory that is removed after the test. */
export function makeDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes a character file into a directory; returns its path. */
export function writeCharacter(dir: string, character: Record<string, unknown>): string {
  const path = join(dir, `${String(character.name).toLowerCase()}.json`);
  writeFileSync(path, JSON.stringify(character));
  return path;
}

/** Starts a server on a free port in this process; stopped after the test. `env` is all the environment that it sees. */
export async function openTestServer(t: TestContext, env: Record<string, string> = {}): Promise<App> {
  const settings = readSettings({
    env: { PORT: '0', ELIZAD_DATA: join(makeDir(t), 'data'), LOG_LEVEL: 'silent', STOP_TIMEOUT_MS: '0', ...env },
  });
  const app = await startApp(settings);
  t.after(() => app.stop());
  return app;
}

/** What `npm start` runs, where `npm test` has built it; else the sources. */
const mainPath = process.env.ELIZAD_MAIN ?? fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export type ServerProcess = {
  readonly process: ChildProcess;
  readonly url: string;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** Ends it with a signal and waits for its end; resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

/** Runs `elizad` with arguments in a process of its own and collects what it prints. */
export function runCli(t: TestContext, args: string[], env: Record<string, string> = {}, input?: string) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [mainPath, ...args], {
    env: { PATH, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...env },
    cwd: makeDir(t),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  if (input !== undefined) child.stdin.end(input);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, output: () => output };
}

/** Starts a server in a process of its own on a free port and waits until it is ready. */
export async function spawnServer(
  t: TestContext,
  dataDir: string,
  env: Record<string, string> = {},
  args: string[] = [],
): Promise<ServerProcess> {
  const { child, exited, output } = runCli(t, ['serve', '--port', '0', '--data', dataDir, ...args], env);
  const url = await new Promise<string>((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`not ready within 20 s; it printed:\n${output()}`)), 20_000);
    child.stderr.on('data', () => {
      const found = /url\s+(http:\S+)/.exec(output())?.[1];
      if (!found) return;
      clearTimeout(deadline);
      resolve(found);
    });
    void exited.then((code) => {
      clearTimeout(deadline);
      reject(new Error(`ended with ${code} before it was ready; it printed:\n${output()}`));
    });
  });
  return {
    process: child,
    url,
    output,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}
