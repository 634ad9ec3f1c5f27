/** Keeps one host alive: starts it, starts the next with a pause that grows, and stops for good where that cannot help. */
import type { FromHost, ProjectInfo, ProjectLogLine, ProjectSaying } from '../link.ts';
import { readProjectEnvironment } from './environment.ts';
import { type Host, type HostStart, startHost } from './host-process.ts';
import type { ProjectState } from './project-state.ts';
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
  onInfo(info: ProjectInfo): void;
  onState(state: ProjectState): void;
};

export function createHostKeeper(options: KeeperOptions): HostKeeper {
  const { turns, start } = options;
  const { limits } = start;
  const firstReady = Promise.withResolvers<ProjectState>();
  let state: ProjectState = { name: 'starting', reason: 'the project starts' };
  let info: ProjectInfo | undefined;
  let host: Host | undefined;
  let pauseMs = limits.firstPauseMs;
  let failedStarts = 0;
  let hasBeenReady = false;
  let readyAt: number | undefined;
  let nextStart: NodeJS.Timeout | undefined;
  /** Set while a host is ended on purpose: its end starts no other. */
  let isStopping = false;
  let lastFailure: string | undefined;
  let isRestarting: Promise<void> | undefined;

  const change = (name: ProjectState['name'], reason: string): void => {
    state = { name, reason };
    options.onState(state);
    if (name === 'ready' || name === 'unusable' || name === 'stopped') firstReady.resolve(state);
  };

  function begin(): void {
    nextStart = undefined;
    lastFailure = undefined;
    readyAt = undefined;
    const { environment, problem } = readProjectEnvironment(start.directory, options.serverUrl());
    if (problem) options.onLog({ level: 'warn', message: problem });
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
    if (message.type === 'part' || message.type === 'ended' || message.type === 'used') turns.take(message);
    else if (message.type === 'ready') {
      info = message.info;
      readyAt = performance.now();
      failedStarts = 0;
      hasBeenReady = true;
      from.markReady();
      // Its agents are known before the turns that wait for them begin.
      options.onInfo(message.info);
      change('ready', `${info.agents.length === 1 ? 'its agent is' : `its ${info.agents.length} agents are`} ready`);
      turns.openTo(from.send);
    } else if (message.type === 'unusable') giveUp(message.reason);
    else if (message.type === 'failed') lastFailure = message.reason;
    else if (message.type === 'saying') options.onSaying(message.saying);
    else if (message.type === 'log') options.onLog(message.line);
    else if (message.heapBytes > limits.heapBytes && state.name === 'ready') {
      const megabytes = Math.round(message.heapBytes / 1_000_000);
      options.onLog({ level: 'warn', message: `the project holds ${megabytes} MB: its process starts again` });
      void restart(`it held ${megabytes} MB`);
    }
  }

  function giveUp(reason: string): void {
    if (state.name === 'unusable' || state.name === 'stopped') return;
    turns.close(reason);
    change('unusable', reason);
    void endHost(limits.stopMs);
  }

  function lose(reason: string): void {
    host = undefined;
    const words = lastFailure ?? reason;
    void turns.loseHost(words);
    if (isStopping || state.name === 'unusable' || state.name === 'stopped') return;
    options.onLog({ level: 'error', message: `the project's process is gone: ${words}` });
    failedStarts += readyAt === undefined ? 1 : 0;
    if (!hasBeenReady && failedStarts >= limits.failedStarts)
      return giveUp(`it failed to start ${failedStarts} times: ${words}`);
    const wasHealthy = readyAt !== undefined && performance.now() - readyAt >= limits.healthyMs;
    if (wasHealthy) pauseMs = limits.firstPauseMs;
    change('restarting', words);
    nextStart = setTimeout(begin, pauseMs);
    pauseMs = Math.min(pauseMs * 2, limits.mostPauseMs);
  }

  /** Its end is expected: no other is started for it. */
  async function endHost(timeoutMs: number): Promise<void> {
    clearTimeout(nextStart);
    nextStart = undefined;
    isStopping = true;
    await host?.stop(timeoutMs);
    isStopping = false;
  }

  function restart(reason: string): Promise<void> {
    isRestarting ??= replace(reason).finally(() => {
      isRestarting = undefined;
    });
    return isRestarting;
  }

  async function replace(reason: string): Promise<void> {
    if (state.name === 'stopped') return;
    turns.hold();
    change('restarting', reason);
    await turns.whenIdle(limits.restartWaitMs);
    await endHost(limits.stopMs);
    // It may have been stopped meanwhile.
    if ((state as ProjectState).name === 'stopped') return;
    pauseMs = limits.firstPauseMs;
    failedStarts = 0;
    hasBeenReady = false;
    begin();
  }

  begin();
  return {
    state: () => state,
    info: () => info,
    firstReady: firstReady.promise,
    restart: () => restart('its code has changed'),
    async stop(timeoutMs) {
      if (state.name === 'stopped') return;
      turns.hold();
      await turns.whenIdle(timeoutMs);
      turns.close('the project was stopped');
      change('stopped', 'elizad stops it');
      await endHost(limits.stopMs);
    },
  };
}
