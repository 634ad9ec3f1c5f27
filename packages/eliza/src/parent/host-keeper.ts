/** Keeps one host alive: starts it, starts the next with a pause that grows, and stops for good where that cannot help. */
import type { FromHost, ProjectInfo, ProjectLogLine, ProjectSaying, ProjectUsage } from '../link.ts';
import { readProjectEnvironment } from './environment.ts';
import { type Host, type HostStart, startHost } from './host-process.ts';
import { keepState, type ProjectState } from './project-state.ts';
import { countStarts } from './starts.ts';
import type { Turns } from './turns.ts';

export type HostKeeper = {
  state(): ProjectState;
  info(): ProjectInfo | undefined;
  readonly firstReady: Promise<ProjectState>;
  restart(): Promise<void>;
  stop(timeoutMs: number): Promise<void>;
};

type KeeperOptions = {
  readonly start: Omit<HostStart, 'environment'>;
  readonly turns: Turns;
  serverUrl(): string | undefined;
  onLog(line: ProjectLogLine): void;
  onSaying(saying: ProjectSaying): void;
  onUsage(usage: ProjectUsage): void;
  onInfo(info: ProjectInfo): void;
  onState(state: ProjectState): void;
};

export function createHostKeeper(options: KeeperOptions): HostKeeper {
  const { turns, start } = options;
  const { limits } = start;
  const state = keepState(options.onState);
  const starts = countStarts(limits);
  let info: ProjectInfo | undefined;
  let host: Host | undefined;
  let nextStart: NodeJS.Timeout | undefined;
  /** While a host is ended on purpose, its end starts no other. */
  let ending = 0;
  let lastFailure: string | undefined;

  function begin(): void {
    lastFailure = undefined;
    starts.begun();
    const environment = readEnvironment(options);
    const started: Host = startHost(
      { ...start, environment },
      {
        message: (message) => started === host && take(message, started),
        printed: options.onLog,
        ended: (reason) => started === host && lose(reason),
      },
    );
    host = started;
  }

  function take(message: FromHost, from: Host): void {
    if (passOn(message, options)) return;
    if (message.type === 'failed') lastFailure = message.reason;
    else if (ending > 0) return;
    else if (message.type === 'ready') open(message.info, from);
    else if (message.type === 'unusable') giveUp(message.reason);
    else if (message.type === 'alive' && message.heapBytes > limits.heapBytes && state.is('ready'))
      void restart(`it held ${Math.round(message.heapBytes / 1_000_000)} MB of memory`);
  }

  function open(next: ProjectInfo, from: Host): void {
    info = next;
    starts.succeeded();
    from.markReady();
    // Its agents are known before the turns that wait for them begin.
    options.onInfo(next);
    state.change('ready', describeAgents(next));
    turns.openTo(from.send);
  }

  function giveUp(reason: string): void {
    turns.close(reason);
    state.change('unusable', reason);
    void endHost();
  }

  function lose(ended: string): void {
    host = undefined;
    const reason = lastFailure ?? ended;
    void turns.loseHost(reason);
    if (ending > 0) return;
    options.onLog({ level: 'error', message: `the project's process is gone: ${reason}` });
    const pauseMs = starts.ended();
    if (pauseMs === undefined) giveUp(`it failed to start ${starts.failed} times: ${reason}`);
    else {
      state.change('restarting', reason);
      nextStart = setTimeout(begin, pauseMs);
    }
  }

  async function endHost(): Promise<void> {
    clearTimeout(nextStart);
    ending += 1;
    await host?.stop(limits.stopMs);
    ending -= 1;
  }

  const restart = oneAtATime(async (reason: string) => {
    if (state.is('stopped')) return;
    options.onLog({ level: 'info', message: `the project's process is replaced: ${reason}` });
    turns.hold();
    state.change('restarting', reason);
    await turns.whenIdle(limits.restartWaitMs);
    await endHost();
    // It may have been stopped meanwhile.
    if (state.is('stopped')) return;
    starts.reset();
    begin();
    await state.settled();
  });

  async function stop(timeoutMs: number): Promise<void> {
    turns.hold();
    await turns.whenIdle(timeoutMs);
    turns.close('the project was stopped');
    if (!state.is('stopped')) state.change('stopped', 'elizad stops it');
    await endHost();
  }

  begin();
  return {
    state: state.get,
    info: () => info,
    firstReady: state.first,
    restart: () => restart('its code has changed'),
    stop,
  };
}

/** Whoever asks while it runs gets another run after it: the code may have changed since it began. */
function oneAtATime(work: (reason: string) => Promise<void>): (reason: string) => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (reason: string): Promise<void> => {
    next = undefined;
    running = work(reason).finally(() => {
      running = undefined;
    });
    return running;
  };
  return (reason) => {
    if (!running) return begin(reason);
    next ??= running.then(() => begin(reason));
    return next;
  };
}

/** What does not change the host itself. */
function passOn(message: FromHost, { turns, onSaying, onUsage, onLog }: KeeperOptions): boolean {
  if (message.type === 'part' || message.type === 'ended' || message.type === 'used') turns.take(message);
  else if (message.type === 'saying') onSaying(message.saying);
  else if (message.type === 'usage') onUsage(message.usage);
  else if (message.type === 'log') onLog(message.line);
  else return false;
  return true;
}

function readEnvironment({ start, serverUrl, onLog }: KeeperOptions): Record<string, string> {
  const { environment, problem } = readProjectEnvironment(start, serverUrl());
  if (problem) onLog({ level: 'warn', message: problem });
  return environment;
}

const describeAgents = ({ agents }: ProjectInfo): string =>
  agents.length === 1 ? 'its agent is ready' : `its ${agents.length} agents are ready`;
