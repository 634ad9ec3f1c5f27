/** A project that is run: starts its hosts one after the other, gives them their turns, and keeps turns for the next one. */
import { mkdirSync, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type {
  Json,
  ProjectInfo,
  ProjectLogLine,
  ProjectPart,
  ProjectRoom,
  ProjectSaying,
  ProjectTurn,
  ProjectUsage,
  ProjectVerdict,
} from '../link.ts';
import { createHostKeeper } from './host-keeper.ts';
import { hostProgram } from './host-process.ts';
import { defaultLimits, type ProjectLimits } from './limits.ts';
import type { ProjectState } from './project-state.ts';
import { createTurns } from './turns.ts';

export type ProjectOptions = {
  /** The project: the folder of its package.json. */
  readonly directory: string;
  /** For what its plugins remember: one SQLite file for each agent. */
  readonly dataDir: string;
  /** elizad's own address, for plugins that post to it. */
  serverUrl?(): string | undefined;
  onLog(line: ProjectLogLine): void;
  onSaying(saying: ProjectSaying): void;
  /** For budgets: what a turn uses comes among its parts instead. */
  onUsage?(usage: ProjectUsage): void;
  /** At each time that a host is ready: agents may have changed. */
  onInfo(info: ProjectInfo): void;
  onState(state: ProjectState): void;
  readonly limits?: Partial<ProjectLimits>;
  /** Another program than the host of this package: for tests. */
  readonly program?: string;
};

export type Project = {
  /** The name of its folder. */
  readonly name: string;
  state(): ProjectState;
  info(): ProjectInfo | undefined;
  /** Resolves when the project is ready for the first time, unusable, or stopped. */
  whenReady(): Promise<ProjectState>;
  /**
   * Runs a turn; waits for a host that starts again. Never rejects. `tell` gets the parts one after the other, and the host
   * waits while it does not return. Aborting `signal` resolves at once.
   */
  run(
    turn: ProjectTurn,
    tell: (part: ProjectPart) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<ProjectVerdict>;
  joined(agentId: string, room: ProjectRoom, person: { entityId: string; name: string }): void;
  messageDeleted(agentId: string, roomId: string, messageId: string): void;
  roomCleared(agentId: string, roomId: string): void;
  /** Uses a model of an agent; rejects with the model's words. Audio goes in and comes out as `{ audio: base64, mimeType }`. */
  useModel(agentId: string, model: string, params: Json, signal: AbortSignal): Promise<Json>;
  /** New code on disk: turns under way end first (bounded), then a new host takes over. Resolves when it is ready, or unusable. */
  restart(): Promise<void>;
  /** Turns under way get `timeoutMs` to end. */
  stop(timeoutMs: number): Promise<void>;
};

export function openProject(options: ProjectOptions): Project {
  const limits = { ...defaultLimits, ...options.limits };
  const directory = realPath(options.directory);
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });

  const turns = createTurns(limits);
  const keeper = createHostKeeper({
    start: { program: options.program ?? hostProgram, directory, dataDir, limits },
    serverUrl: () => options.serverUrl?.(),
    turns,
    onLog: options.onLog,
    onSaying: options.onSaying,
    onUsage: (usage) => options.onUsage?.(usage),
    onInfo: options.onInfo,
    onState: options.onState,
  });

  return {
    name: basename(directory),
    state: keeper.state,
    info: keeper.info,
    whenReady: () => keeper.firstReady,
    run: turns.run,
    joined: (agentId, room, { entityId, name }) => turns.send({ type: 'joined', agentId, room, entityId, name }),
    messageDeleted: (agentId, roomId, messageId) => turns.send({ type: 'message-deleted', agentId, roomId, messageId }),
    roomCleared: (agentId, roomId) => turns.send({ type: 'room-cleared', agentId, roomId }),
    useModel: turns.useModel,
    restart: keeper.restart,
    stop: keeper.stop,
  };
}

/** A folder that is missing is reported by the host, as anything else that is wrong with the project. */
function realPath(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return resolve(directory);
  }
}
