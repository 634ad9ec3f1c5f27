/** The child process of an MCP server: what of our environment it gets, and that it ends, with all it has started. */
import { type ChildProcess, spawn as plainSpawn } from 'node:child_process';
import spawn from 'cross-spawn';
import type { McpServerConfig } from './server-config.ts';

export type McpProgramConfig = Extract<McpServerConfig, { command: string }>;

const isWindows = process.platform === 'win32';

/** Nothing else leaves our environment; on Windows, no program starts without the rest. */
const inherited = isWindows
  ? ['PATH', 'PATHEXT', 'SYSTEMROOT', 'SYSTEMDRIVE', 'COMSPEC', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'TEMP']
  : ['PATH', 'HOME'];

/** How long a child may take to end by itself, and then after a SIGTERM, in ms. */
const endMs = 500;
const killMs = 1_000;

/** Starts the program with pipes for all three streams, in a process group of its own. */
export function startChild({ command, args, env, cwd }: McpProgramConfig): ChildProcess {
  const passed = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return spawn(command, args, {
    env: { ...Object.fromEntries(passed), ...env },
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group: `npx` and shells start the real server as a child of theirs. And a Ctrl-C of the terminal is ours to pass on.
    detached: !isWindows,
    windowsHide: true,
  });
}

/** Ends the child: its input is closed, then it is asked to end, then it is killed. Resolves once it is gone. */
export async function endChild(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.stdin?.end();
  if (!(await isSettledWithin(gone, endMs))) {
    signalGroup(child, 'SIGTERM');
    if (!(await isSettledWithin(gone, killMs))) signalGroup(child, 'SIGKILL');
  }
  await gone;
  // What it has started itself may outlive it, and holds nothing of ours any more.
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (isWindows) {
    plainSpawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => {});
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

async function isSettledWithin(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isDone = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
