/** The processes of a bench: servers and loads, each one of its own. Whatever happens, they end with this one. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const main = join(here, '../packages/server/src/cli/main.ts');
/** What `npm start` runs. */
export const command = join(here, '../scripts/run.mjs');
/** All the environment that a process here has. What elizad does for itself, the others are given: compiled code is kept. */
const shortEnv = { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
const children = new Set<ChildProcess>();
const folders = new Set<string>();
/** Those that were told to end. */
const ending = new WeakSet<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

export type Server = AsyncDisposable & { readonly url: string; readonly pid: number };

/** Flags of Node for every elizad that is started from here on: for profiles. */
export const profiling: { folder?: string } = {};

/** A folder that is gone when it is disposed of, or with this process. */
export function makeFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'elizad-bench-'));
  folders.add(path);
  return {
    path,
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
      folders.delete(path);
    },
  };
}

export type ElizadOptions = {
  dataDir?: string;
  args?: string[];
  env?: Record<string, string>;
  /** What is run instead of the sources: scripts/run.mjs, or an installed elizad. */
  script?: string;
};

/** elizad on a free port, with a store of its own where none is given. `env` is all it has beside the path. */
export async function startElizad(options: ElizadOptions = {}): Promise<Server> {
  const { dataDir, args = [], env = {}, script = main } = options;
  const folder = dataDir === undefined ? makeFolder() : undefined;
  const { folder: profiles } = profiling;
  const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const data = dataDir ?? join(folder?.path ?? '', 'data');
  const server = await startServer([...flags, script, 'serve', '--port', '0', '--data', data, ...args], {
    LOG_LEVEL: 'error',
    ...env,
  });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder?.[Symbol.dispose]();
    },
  };
}

/** One of the baselines of this folder, by its file. */
export const startBaseline = (file: string): Promise<Server> => startServer([join(here, file)], {});

async function startServer(args: string[], env: Record<string, string>): Promise<Server> {
  const child = track(
    spawn(process.execPath, args, { env: { ...shortEnv, ...env }, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (text: Buffer) => {
      output += text;
      const found = /url\s+(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${output}`)));
  });
  child.once('close', (code) => {
    if (ending.has(child)) return;
    // A load would wait for it in vain.
    process.stderr.write(`\n${args.join(' ')} ended with ${code}:\n${output}\n`);
    process.exit(1);
  });
  return { url, pid: child.pid as number, [Symbol.asyncDispose]: () => end(child) };
}

/** A program of others that serves at `url`, when it is ready or before. It is asked to end, and gets ten seconds for it. */
export function startProgram(
  program: string,
  args: string[],
  { url, ...options }: { url: string; cwd: string; env: Record<string, string> },
): Server {
  const child = track(spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
  let output = '';
  const read = (text: Buffer) => {
    output = `${output}${text}`.slice(-5_000);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('close', (code) => {
    if (ending.has(child)) return;
    process.stderr.write(`\n${program} ${args.join(' ')} ended with ${code}:\n${output}\n`);
    process.exit(1);
  });
  return {
    url,
    pid: child.pid as number,
    async [Symbol.asyncDispose]() {
      ending.add(child);
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      clearTimeout(timer);
    },
  };
}

export type Load<Commands> = AsyncDisposable & {
  /** Has the load do something, and resolves with what it found out. */
  ask<Name extends keyof Commands & string>(name: Name, order: Order<Commands, Name>): Promise<Answer<Commands, Name>>;
};
type Order<Commands, Name extends keyof Commands> = Commands[Name] extends (order: infer O) => unknown ? O : never;
type Answer<Commands, Name extends keyof Commands> = Commands[Name] extends (order: never) => Promise<infer A>
  ? A
  : never;

/** A load of this folder, in a process of its own; `Commands` is the type of what it was given to `serveCommands`. */
export function startLoad<Commands>(file: string): Load<Commands> {
  const child = track(fork(join(here, file), { env: shortEnv }));
  const ended = once(child, 'close').then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`)));
  ended.catch(() => {});
  return {
    async ask(name, order) {
      const answer = once(child, 'message');
      child.send({ name, order });
      const [{ result, error }] = await Promise.race([answer, ended]);
      if (error) throw new Error(`${file}, ${name}: ${error}`);
      return result;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** The other end of `startLoad`: does one order after the other, and ends with the process that gave them. */
export function serveCommands<Commands extends Record<string, (order: never) => Promise<unknown>>>(
  commands: Commands,
): void {
  process.on('message', async ({ name, order }: { name: string; order: never }) => {
    try {
      process.send?.({ result: await commands[name]?.(order) });
    } catch (error) {
      process.send?.({ error: (error as Error).stack });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

function track(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  ending.add(child);
  const closed = once(child, 'close');
  // A profile is written by a process that ends by itself.
  child.kill(profiling.folder === undefined ? 'SIGKILL' : 'SIGTERM');
  await closed;
}

/** Seconds of CPU that a process has used; not known but on Linux. */
export function readCpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // Fields 14 and 15 of the file, in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process in MB (10^6 bytes); not known but on Linux. */
export function readRssMb(pid: number): number {
  try {
    return (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** A process and all that it has started, by their ids, the eldest first; none but on Linux. */
export function listTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(listTree)];
  } catch {
    return [];
  }
}
