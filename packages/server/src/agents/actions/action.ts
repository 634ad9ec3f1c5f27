/**
 * The `Action` port: what an agent can do beside talking. A plugin gives actions, and so does every MCP server; the turn
 * (stop 6 of the walk) shows them to the model and runs what it calls.
 */
import type { Attachment } from 'elizad-protocol';
import type { Json, JsonSchema } from '../models/model.ts';

/** What an action is told beside its input. `signal` aborts when the turn is cancelled or out of time. */
export type ActionContext = {
  readonly agent: { readonly id: string; readonly name: string };
  readonly channelId: string;
  /** The message that the agent answers. */
  readonly message: {
    readonly id: string;
    readonly text: string;
    readonly senderId: string;
    readonly senderName: string;
  };
  readonly signal: AbortSignal;
};

/** What came of an action, in words or JSON for the model; attachments go to the room with the answer. */
export type ActionOutcome = {
  readonly isError: boolean;
  readonly output: string;
  readonly attachments: readonly Attachment[];
};

/** A person is asked before the action runs; without an answer within `timeoutMs`, `otherwise` is the answer. */
export type Approval = {
  /** Undefined for an input that does not fit: nobody is asked, and `run` refuses it. */
  readonly question: (input: Json) => string | undefined;
  readonly timeoutMs: number;
  readonly otherwise: 'approve' | 'deny';
};

/**
 * Contract: `run` never throws and never rejects: a wrong input, a thrown error and a timeout are outcomes with `isError`.
 * It may be called many times at once. It ends within a second after `signal` aborts. It is called at most once for each
 * call of a model, also when the server is killed in the middle: it is then told as interrupted, and not run again.
 */
export type Action = {
  /** Letters, digits, `_` and `-`, at most 64; unique for an agent. */
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  readonly approval?: Approval;
  run(input: Json, context: ActionContext): Promise<ActionOutcome>;
};

/** Where an MCP server or a plugin stands, for people. */
export type ToolboxStatus = {
  readonly name: string;
  readonly state: 'ready' | 'starting' | 'failed';
  readonly detail?: string;
};

/**
 * All actions of a server, and which of them an agent has.
 * Contract: `list` never throws and waits at most for the first connection of the agent's own MCP servers; one that is
 * down is left out.
 */
export type Toolbox = {
  list(agentId: string): Promise<readonly Action[]>;
  statusOf(agentId: string): readonly ToolboxStatus[];
  stop(): Promise<void>;
};
