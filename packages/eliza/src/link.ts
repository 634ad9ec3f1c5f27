/**
 * What goes over the line between the parent, in elizad, and the host of a project, in a process of its own. Ids of rooms,
 * people and messages are elizad's; the host alone makes the project's own ids of them.
 */

/** Any JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A file that came with a message, or that an agent gives with one, as elizad has it. */
export type ProjectAttachment = {
  readonly id: string;
  readonly url: string;
  readonly title?: string;
  readonly description?: string;
  readonly text?: string;
  /** `image`, `video`, `audio`, `document` or `link`, where it is known. */
  readonly contentType?: string;
};

export type ProjectRoom = {
  readonly id: string;
  readonly name: string;
  /** What the room was made as: `DM` or `GROUP` mostly. */
  readonly type: string;
  readonly serverId: string;
};

/** A message that an agent must answer. Times are ms since the epoch. */
export type ProjectMessage = {
  readonly id: string;
  readonly senderId: string;
  readonly senderName: string;
  readonly text: string;
  readonly createdAt: number;
  readonly source: string;
  readonly attachments: readonly ProjectAttachment[];
  readonly inReplyTo: string | null;
  readonly metadata: { readonly [key: string]: Json };
};

export type ProjectTurn = {
  readonly id: string;
  readonly agentId: string;
  readonly room: ProjectRoom;
  readonly message: ProjectMessage;
  /** The longest time of the turn, in ms. */
  readonly timeoutMs: number;
};

/** What comes of a turn while it runs, in its order. */
export type ProjectPart =
  /** A piece of the text that is being said. */
  | { readonly type: 'chunk'; readonly text: string }
  /** A whole message of the agent: what was streamed before it is its beginning, and its text counts. */
  | {
      readonly type: 'said';
      readonly text: string;
      readonly thought: string | null;
      readonly actions: readonly string[];
      readonly attachments: readonly ProjectAttachment[];
    }
  | { readonly type: 'thought'; readonly text: string }
  /** An action begins, or has ended; `output` is its result in words. */
  | { readonly type: 'card'; readonly id: string; readonly action: string; readonly status: 'executing' }
  | {
      readonly type: 'card';
      readonly id: string;
      readonly action: string;
      readonly status: 'completed' | 'failed';
      readonly output: string;
    }
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number; readonly model?: string };

/** Kinds of failure that are handled in different ways. */
export type ProjectFailure =
  /** The caller aborted it. */
  | 'cancelled'
  /** It took longer than `timeoutMs`. */
  | 'timed-out'
  /** The project has no such agent. */
  | 'agent-unknown'
  /** A model refused or failed, or the agent has none: `reason` says what to do. */
  | 'model-failed'
  /** The project's own code threw. */
  | 'project-failed'
  /** The host ended after an action had begun: it is not known what that has done, so the turn is not run again. */
  | 'interrupted-action'
  /** The host ended twice during this turn. */
  | 'host-died'
  /** There is no host, and none is coming: the project is unusable, or was stopped. */
  | 'host-down'
  /** It said more than a turn may. */
  | 'too-much'
  /** `tell` threw. */
  | 'not-taken';

/** How a turn ended. `ignored`: the agent did not want to answer. `reason` is for the log: never the text of a message. */
export type ProjectVerdict =
  | { readonly outcome: 'answered' | 'ignored' }
  | { readonly outcome: 'failed'; readonly code: ProjectFailure; readonly reason: string };

/** Something that an agent says of its own accord, such as a task of its own, in a room of elizad. */
export type ProjectSaying = {
  readonly agentId: string;
  readonly roomId: string;
  readonly text: string;
  readonly thought: string | null;
  readonly actions: readonly string[];
  readonly attachments: readonly ProjectAttachment[];
};

/** Tokens that an agent used outside of turns, such as in a task, or thinking about a turn that has ended. */
export type ProjectUsage = {
  readonly agentId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly model?: string;
};

/** A page of a plugin that is shown beside its agent; `path` begins with the name of the plugin. */
export type ProjectPanel = { readonly name: string; readonly path: string };

export type ProjectAgent = {
  readonly id: string;
  /** The character as JSON, without any secret. */
  readonly character: { readonly [key: string]: Json };
  readonly plugins: readonly string[];
  readonly actions: readonly string[];
  readonly providers: readonly string[];
  readonly evaluators: readonly string[];
  readonly services: readonly string[];
  readonly panels: readonly ProjectPanel[];
  /** The names of its plugins that have routes. */
  readonly routes: readonly string[];
  /** Which kinds of models it has, such as `TEXT_LARGE`. */
  readonly models: readonly string[];
  /** Where it keeps what its plugins remember, and why where that is not our own adapter. */
  readonly store: string;
};

export type ProjectInfo = {
  readonly name: string;
  /** Of @elizaos/core. */
  readonly coreVersion: string;
  readonly agents: readonly ProjectAgent[];
  /** Port of the host's HTTP server on 127.0.0.1, for the routes of plugins. */
  readonly routesPort: number;
  /** Each request to that server must carry it in `routesTokenHeader`; another one for each host. Never show or log it. */
  readonly routesToken: string;
};

/** Other people of the machine reach the port too: only a request with the token is served. The plugin never sees it. */
export const routesTokenHeader = 'x-elizad-project-token';

/** Parts of a turn that may be under way at once: the host waits with the next until one of them was taken. */
export const partsUnderWay = 32;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type ProjectLogLine = { readonly level: LogLevel; readonly message: string; readonly agentId?: string };

/** From the parent to the host. */
export type ToHost =
  | { readonly type: 'turn'; readonly turn: ProjectTurn }
  /** That many more parts of a turn were taken. */
  | { readonly type: 'taken'; readonly turnId: string; readonly count: number }
  /** Nobody hears the turn any more. */
  | { readonly type: 'cancel'; readonly turnId: string }
  | {
      readonly type: 'joined';
      readonly agentId: string;
      readonly room: ProjectRoom;
      readonly entityId: string;
      readonly name: string;
    }
  | { readonly type: 'message-deleted'; readonly agentId: string; readonly roomId: string; readonly messageId: string }
  | { readonly type: 'room-cleared'; readonly agentId: string; readonly roomId: string }
  /** Uses a model of an agent, such as `TEXT_SMALL` for a title; answered by `used`. */
  | {
      readonly type: 'use-model';
      readonly id: number;
      readonly agentId: string;
      readonly model: string;
      readonly params: Json;
    }
  | { readonly type: 'stop' };

/** From the host to the parent. */
export type FromHost =
  | { readonly type: 'ready'; readonly info: ProjectInfo }
  /** The project cannot be run: `reason` says what to do, and a restart does not help. */
  | { readonly type: 'unusable'; readonly reason: string }
  /** It could not start, and will end: another start may help. */
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'part'; readonly turnId: string; readonly part: ProjectPart }
  | { readonly type: 'ended'; readonly turnId: string; readonly verdict: ProjectVerdict }
  | { readonly type: 'saying'; readonly saying: ProjectSaying }
  | { readonly type: 'usage'; readonly usage: ProjectUsage }
  | { readonly type: 'used'; readonly id: number; readonly result?: Json; readonly error?: string }
  | { readonly type: 'log'; readonly line: ProjectLogLine }
  /** Sent each second: a host that hangs sends none. */
  | { readonly type: 'alive'; readonly heapBytes: number };
