/** One host: the process, its messages, its signs of life, and its end. The project in `project.ts` starts the next. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromHost, ProjectLogLine, ToHost } from '../link.ts';
import { isFromHost } from './from-host.ts';
import type { ProjectLimits } from './limits.ts';
import { readPrintedLines } from './printed-lines.ts';

const isSource = import.meta.url.endsWith('.ts');
export const hostProgram = fileURLToPath(new URL(isSource ? '../host/main.ts' : '../host/main.js', import.meta.url));

export type HostStart = {
  readonly program: string;
  readonly directory: string;
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: ProjectLimits;
};

export type HostEvents = {
  message(message: FromHost): void;
  printed(line: ProjectLogLine): void;
  /** The process is gone; said once. `reason` is in words. */
  ended(reason: string): void;
};

export type Host = {
  send(message: ToHost): void;
  /** From now on, silence is measured as that of a host that is ready. */
  markReady(): void;
  /** Lets it stop its services within `timeoutMs`, then ends it. Resolves when it is gone. */
  stop(timeoutMs: number): Promise<void>;
  kill(reason: string): void;
};

export function startHost({ program, directory, dataDir, environment, limits }: HostStart, events: HostEvents): Host {
  // Above the bound of the parent, which restarts in order: V8's own would end the host in the middle of a turn.
  const heapMb = Math.ceil((limits.heapBytes * 1.5) / 1_000_000);
  // A turn leaves much behind that is soon garbage: V8's usual young space lets the process grow by 100 MB with it.
  const memory = [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=4'];
  const child = spawn(process.execPath, [...memory, program, directory, dataDir], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
  let killedBecause: string | undefined;
  let isReady = false;
  let silentSeconds = 0;

  const kill = (reason: string): void => {
    killedBecause ??= reason;
    child.kill('SIGKILL');
  };
  // Seconds are counted, not measured: they do not pass while this process, or the machine, sleeps.
  const watch = setInterval(() => {
    silentSeconds += 1;
    const most = isReady ? limits.silentSeconds : limits.silentSecondsAtStart;
    if (silentSeconds > most) kill(`it gave no sign of life for ${most} seconds`);
  }, 1_000);

  const gone = new Promise<void>((resolve) => {
    let hasEnded = false;
    const end = (reason: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      clearInterval(watch);
      events.ended(killedBecause ?? reason);
      resolve();
    };
    child.once('error', (error) => {
      if (child.pid === undefined) end(`it could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      // Its last messages and lines may still be on their way.
      const timer = setTimeout(() => end(describeEnd(code, signal)), 200);
      child.once('close', () => {
        clearTimeout(timer);
        end(describeEnd(code, signal));
      });
    });
  });
  child.on('message', (message: unknown) => {
    silentSeconds = 0;
    if (isFromHost(message)) events.message(message);
  });
  if (child.stdout) readPrintedLines(child.stdout, (message) => events.printed({ level: 'info', message }));
  if (child.stderr) readPrintedLines(child.stderr, (message) => events.printed({ level: 'warn', message }));

  return {
    send: (message) => sendTo(child, message),
    markReady() {
      isReady = true;
    },
    async stop(timeoutMs) {
      sendTo(child, { type: 'stop' });
      const timer = setTimeout(() => kill('it did not stop in time'), timeoutMs);
      await gone;
      clearTimeout(timer);
    },
    kill,
  };
}

/** A host that is gone gets nothing any more: its end is reported, and says all. */
function sendTo(child: ChildProcess, message: ToHost): void {
  if (child.connected) child.send(message, () => {});
}

const describeEnd = (code: number | null, signal: string | null): string =>
  signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
