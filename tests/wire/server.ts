/** The server under test: at WIRE_URL, or ours, started as a child process on a free port with a data directory of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ServerUnderTest = {
  readonly url: string;
  /** It ended without being stopped. */
  hasDied(): boolean;
  stop(): Promise<void>;
};

const repo = fileURLToPath(new URL('../../', import.meta.url));
const readyMs = 20_000;

/** Resolves when the server accepts sockets. */
export async function startServer(): Promise<ServerUnderTest> {
  const given = process.env.WIRE_URL;
  if (given) return { url: given, hasDied: () => false, stop: async () => {} };
  const dir = mkdtempSync(join(tmpdir(), 'elizad-wire-'));
  const main = process.env.ELIZAD_MAIN ?? join(repo, 'packages/server/src/cli/main.ts');
  const args = [main, 'serve', '--port', '0', '--data', join(dir, 'data')];
  // Nothing of the caller's environment or .env: no key of a provider may change who answers.
  const { PATH, NODE_OPTIONS } = process.env;
  const env = { PATH, ...(NODE_OPTIONS && { NODE_OPTIONS }) };
  const child = spawn(join(repo, 'node_modules/.bin/node'), args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  const deadline = setTimeout(() => reject(new Error(`not ready within ${readyMs} ms:\n${output}`)), readyMs);
  const read = (data: Buffer) => {
    output += data;
    const found = /url\s+(http:\/\/\S+)/.exec(output)?.[1];
    if (found) resolve(found);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  let [isStopping, isDead] = [false, false];
  void exited.then((code) => {
    reject(new Error(`the server ended with ${code} before it was ready:\n${output}`));
    isDead = !isStopping;
    if (isDead) process.stderr.write(`the server under test died (${code}):\n${output.slice(-2000)}\n`);
  });
  const stop = async () => {
    isStopping = true;
    child.kill('SIGTERM');
    await exited;
    process.removeListener('exit', killAtExit);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    return { url: await url, hasDied: () => isDead, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(deadline);
  }
}
