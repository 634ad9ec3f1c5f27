/**
 * One MCP server: connected in the background, and again with growing waits when it is lost. Whatever happens to it, its
 * agents go on without its tools.
 */
import type { Logger } from '../../../observability/logger.ts';
import type { Action, ToolboxStatus } from '../action.ts';
import { createFailure, cut } from '../outcome.ts';
import { describeError, isAnswer } from './client-error.ts';
import { type McpServerConfig, redact, resolveServer } from './server-config.ts';
import type { Session } from './session.ts';
import { type CallTool, toActions } from './tool-action.ts';
import { toOutcome } from './tool-result.ts';

export type McpServerOptions = {
  readonly name: string;
  readonly config: McpServerConfig;
  /** What fills `${NAME}`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** How long it may take to connect and to list its tools, in ms; ten seconds without it. */
  readonly connectMs?: number;
};

const usualConnectMs = 10_000;

/** Longest call, in ms; the turn's own limit is mostly shorter. */
const callMs = 300_000;

/** Waits before the next try, in ms: doubled each time, and begun anew once a session has held as long as the last. */
const firstRetryMs = 1_000;
const lastRetryMs = 60_000;

/** How old a list of tools may be before it is asked for again, in ms; and how long changes are gathered. */
const freshMs = 60_000;
const gatherMs = 100;

/** Begins to connect when it is made. */
export class McpServer {
  readonly name: string;
  readonly #options: McpServerOptions;
  readonly #log: Logger;
  readonly #connectMs: number;
  readonly #stopping = new AbortController();
  readonly #firstTry: Promise<void>;
  #trying: Promise<void> | undefined;
  #session: Session | undefined;
  #status: ToolboxStatus;
  #actions: readonly Action[] = [];
  #secrets: readonly string[] = [];
  #lastWords = '';
  #tries = 0;
  #since = 0;
  #retryAt = 0;
  #listedAt = 0;
  #retry: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(options: McpServerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#connectMs = options.connectMs ?? usualConnectMs;
    this.#log = options.logger.child({ mcpServer: options.name });
    this.#status = { name: options.name, state: 'starting' };
    this.#firstTry = this.#connect();
  }

  /** The child's process, where there is one. */
  get pid(): number | undefined {
    return this.#session?.pid;
  }

  status(): ToolboxStatus {
    return this.#status;
  }

  /** Its tools, none while it is down. Waits for the first try to connect, and for no later one. */
  async list(): Promise<readonly Action[]> {
    await this.#firstTry;
    if (!this.#session && Date.now() >= this.#retryAt) void this.#connect();
    if (this.#session && Date.now() - this.#listedAt > freshMs) void this.#look(this.#session);
    return this.#actions;
  }

  /** Resolves once the child is gone, two seconds at the latest. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#retry);
    clearTimeout(this.#gathering);
    const session = this.#session;
    this.#session = undefined;
    this.#actions = [];
    this.#status = { name: this.name, state: 'failed', detail: 'stopped' };
    await Promise.all([this.#trying, session?.close()]);
  }

  #connect(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined;
    });
    return this.#trying;
  }

  async #try(): Promise<void> {
    clearTimeout(this.#retry);
    this.#lastWords = '';
    const late = AbortSignal.timeout(this.#connectMs);
    const signal = AbortSignal.any([this.#stopping.signal, late]);
    let session: Session | undefined;
    try {
      const { config, secrets } = resolveServer(this.#options.config, this.#options.variables);
      this.#secrets = secrets;
      const { openSession } = await import('./session.ts');
      session = await openSession(
        config,
        this.#events(() => session),
        signal,
      );
      const tools = await session.list(signal);
      signal.throwIfAborted();
      this.#session = session;
      this.#since = Date.now();
      this.#use(tools);
      this.#status = { name: this.name, state: 'ready' };
      this.#log.info({ tools: this.#actions.length }, 'an MCP server is connected');
    } catch (error) {
      await session?.close();
      if (this.#stopping.signal.aborted) return;
      const reason = late.aborted ? `it was not ready within ${this.#connectMs / 1000} s` : this.#describe(error);
      // Only here: a server that has been called may print what it was called with.
      this.#fail(this.#lastWords === '' ? reason : `${reason}; the last that it printed: ${this.#lastWords}`);
    }
  }

  #events(getSession: () => Session | undefined) {
    return {
      printed: (line: string) => {
        this.#lastWords = redact(line, this.#secrets);
        this.#log.debug({ printed: this.#lastWords }, 'an MCP server printed');
      },
      toolsChanged: () => {
        this.#gathering ??= setTimeout(() => {
          this.#gathering = undefined;
          if (this.#session) void this.#look(this.#session);
        }, gatherMs).unref();
      },
      ended: (reason: string) => this.#lose(getSession(), reason),
    };
  }

  /** Lists the tools again. A server that does not answer even that is lost. */
  async #look(session: Session): Promise<void> {
    this.#listedAt = Date.now();
    const late = AbortSignal.timeout(this.#connectMs);
    try {
      const tools = await session.list(AbortSignal.any([this.#stopping.signal, late]));
      if (session === this.#session) this.#use(tools);
    } catch (error) {
      // The end of a child is told by the child, with a better reason.
      if (session.pid === undefined || late.aborted) this.#lose(session, this.#describe(error));
    }
  }

  #use(tools: Awaited<ReturnType<Session['list']>>): void {
    this.#listedAt = Date.now();
    const { approval } = this.#options.config;
    const { actions, leftOut } = toActions(this.name, tools, this.#call, (tool) =>
      Array.isArray(approval) ? approval.includes(tool) : approval === true,
    );
    this.#actions = actions;
    if (leftOut.length > 0) {
      this.#log.warn(
        { leftOut: leftOut.slice(0, 20).map((name) => cut(name, 100)) },
        'left out tools of an MCP server: too many or too large',
      );
    }
  }

  readonly #call: CallTool = async (tool, input, { signal }) => {
    const session = this.#session;
    if (!session) return createFailure(`${this.name} is not connected (${this.#status.detail ?? this.#status.state}).`);
    try {
      return toOutcome(await session.call(tool, input, signal, callMs));
    } catch (error) {
      if (signal.aborted) return createFailure(`${tool} was cancelled. It is not known what it has done.`);
      // Over HTTP nothing else tells that a server is gone, or has forgotten us.
      if (session === this.#session && session.pid === undefined) void this.#look(session);
      const reason = this.#describe(error);
      const unknown =
        isAnswer(error) && !reason.includes('Connection closed') ? '' : ' It is not known what it has done.';
      return createFailure(`${tool} of ${this.name} failed: ${reason}.${unknown}`);
    }
  };

  #lose(session: Session | undefined, reason: string): void {
    if (!session || session !== this.#session || this.#stopping.signal.aborted) return;
    this.#session = undefined;
    this.#actions = [];
    if (Date.now() - this.#since >= lastRetryMs) this.#tries = 0;
    void session.close();
    this.#fail(reason);
  }

  #fail(detail: string): void {
    const isNews = this.#status.detail !== detail;
    this.#status = { name: this.name, state: 'failed', detail };
    const wait = Math.min(lastRetryMs, firstRetryMs * 2 ** this.#tries);
    this.#tries += 1;
    this.#retryAt = Date.now() + wait;
    this.#retry = setTimeout(() => void this.#connect(), wait).unref();
    // A server that is down for a day says so once.
    this.#log[isNews ? 'warn' : 'debug'](
      { detail, retryMs: wait },
      'an MCP server is down; its agents go on without it',
    );
  }

  #describe(error: unknown): string {
    return redact(describeError(error), this.#secrets);
  }
}
