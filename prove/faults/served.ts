/** A server in a process of its own, and clients of it, for missions; both end with the mission. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';

const main = join(import.meta.dirname, '../../packages/server/src/cli/main.ts');

export type Served = AsyncDisposable & {
  readonly url: string;
  readonly process: ChildProcess;
  output(): string;
  /** Ends it, and resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

/** Starts one on a free port and resolves when it is ready; rejects where it ends before. */
export async function serve(dataDir: string, env: Record<string, string> = {}, args: string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--data', dataDir, ...args], {
    env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'warn', MAX_SENDS_PER_SECOND: '100000', ...env },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    const read = (text: Buffer) => {
      output += text;
      const found = /url\s+(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found.replace('localhost', '127.0.0.1'));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void closed.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return closed;
  };
  return {
    url,
    process: child,
    output: () => output,
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}

/** A stock client that is connected. */
export async function connect(url: string, auth: Record<string, unknown> = {}): Promise<Socket & Disposable> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, auth });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.disconnect() });
}

export function makeFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'elizad-faults-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
