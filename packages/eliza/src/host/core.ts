/**
 * What the host uses of @elizaos/core 1.6.2 to 1.7, as types of our own: the library itself is the project's, loaded from
 * its node_modules. Everything is read with care where a version, or a plugin, may not have it.
 */

export type Content = {
  readonly text?: unknown;
  readonly thought?: unknown;
  readonly actions?: unknown;
  readonly attachments?: unknown;
  readonly responseId?: unknown;
  readonly [key: string]: unknown;
};

export type Memory = {
  readonly id?: string;
  readonly entityId: string;
  readonly agentId?: string;
  readonly roomId: string;
  readonly worldId?: string;
  readonly createdAt?: number;
  readonly content: Content;
  readonly metadata?: { readonly [key: string]: unknown };
};

export type Character = {
  id?: string;
  readonly name: string;
  readonly plugins?: unknown;
  readonly [key: string]: unknown;
};

export type Plugin = {
  readonly name: string;
  readonly description?: string;
  readonly dependencies?: readonly string[];
  readonly schema?: unknown;
  readonly init?: (config: Record<string, string>, runtime: Runtime) => unknown;
  readonly [key: string]: unknown;
};

export type ProjectAgentDefinition = {
  readonly character: Character;
  readonly plugins?: unknown;
  readonly init?: (runtime: Runtime) => unknown;
};

export type PluginRoute = {
  readonly type: string;
  readonly path: string;
  readonly name?: string;
  readonly public?: boolean;
  readonly isMultipart?: boolean;
  readonly filePath?: string;
  readonly handler?: (request: unknown, response: unknown, runtime: Runtime) => unknown;
};

export type MessageService = {
  handleMessage(
    runtime: Runtime,
    message: Memory,
    callback: (content: Content) => Promise<Memory[]>,
    options: { timeoutDuration: number; onStreamChunk(chunk: string, responseId?: string): Promise<void> },
  ): Promise<unknown>;
  deleteMessage(runtime: Runtime, message: Memory): Promise<void>;
  clearChannel(runtime: Runtime, roomId: string, channelId: string): Promise<void>;
};

type Named = { readonly name: string };
type LogMethod = (first: unknown, ...rest: readonly unknown[]) => void;
export type CoreLogger = Record<string, LogMethod | unknown>;

export type Runtime = {
  readonly agentId: string;
  readonly character: Character;
  readonly actions: readonly Named[];
  readonly providers: readonly Named[];
  readonly evaluators: readonly Named[];
  readonly plugins: readonly Plugin[];
  readonly routes: readonly PluginRoute[];
  readonly models: ReadonlyMap<string, unknown>;
  readonly services: ReadonlyMap<string, unknown>;
  readonly stateCache: Map<string, unknown>;
  readonly logger: CoreLogger;
  readonly messageService: MessageService | null;
  registerDatabaseAdapter(adapter: unknown): void;
  ensureWorldExists(world: object): Promise<void>;
  ensureRoomExists(room: object): Promise<void>;
  ensureConnection(connection: object): Promise<void>;
  getRoom(id: string): Promise<{ channelId?: string; source?: string } | null>;
  getMemoryById(id: string): Promise<Memory | null>;
  createMemory(memory: Memory, table: string): Promise<string>;
  registerEvent(event: string, handler: (payload: { readonly [key: string]: unknown }) => Promise<void>): void;
  emitEvent(event: string, payload: object): Promise<void>;
  registerSendHandler(
    source: string,
    handler: (runtime: Runtime, target: { readonly [key: string]: unknown }, content: Content) => Promise<void>,
  ): void;
  deleteMemory(id: string): Promise<void>;
  evaluate(
    message: Memory,
    state: unknown,
    didRespond?: boolean,
    callback?: unknown,
    responses?: unknown,
  ): Promise<unknown>;
  getModel(model: string): ((runtime: Runtime, params: unknown) => unknown) | undefined;
  useModel(model: string, params: unknown, provider?: string): Promise<unknown>;
  withEntityContext?<T>(entityId: string, run: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

export type ElizaOs = {
  addAgents(
    agents: readonly { character: Character; plugins: readonly Plugin[]; init?: (runtime: Runtime) => Promise<void> }[],
  ): Promise<string[]>;
  startAgents(ids: readonly string[]): Promise<void>;
  stopAgents(ids: readonly string[]): Promise<void>;
  getAgent(id: string): Runtime | undefined;
};

export type Core = {
  readonly version: string;
  readonly ElizaOS: new () => ElizaOs;
  readonly logger: CoreLogger;
  createUniqueUuid(runtime: Runtime, base: string): string;
  stringToUuid(text: string): string;
  /** From 1.7 on. */
  getStreamingContext?(): { abortSignal?: AbortSignal } | undefined;
};
