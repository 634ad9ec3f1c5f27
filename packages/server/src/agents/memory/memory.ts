/**
 * The `ContextSource` port: what an agent knows beside the last messages of the room. Long-term facts and the knowledge
 * of its character are the two that are built in; a plugin may bring more.
 */

/** What the turn asks about. */
export type Question = {
  readonly agentId: string;
  readonly channelId: string;
  /** The text of the message that must be answered. */
  readonly text: string;
};

/**
 * Contract: `recall` never throws and never rejects; what it cannot find out in time is left out. It gives lines for the
 * system prompt, most useful first, under a heading of its own; none when there is nothing to say.
 */
export type ContextSource = {
  readonly heading: string;
  recall(question: Question, signal: AbortSignal): Promise<readonly string[]>;
};
