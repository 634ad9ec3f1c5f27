/** The trace of a turn: what it did when, and what it cost. Never what was said. Kept with the end of the turn. */
import type { Outcome } from 'elizad-protocol';
import { createId } from '../../storage/schema/ids.ts';
import type { TracesTable } from '../../storage/schema/tables.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { Usage } from '../memory/facts.ts';

/** `at` is ms since the message was received. */
export type Stage = {
  readonly name: string;
  readonly at: number;
  readonly [detail: string]: string | number | boolean;
};

/** US dollars for a million tokens, as a character's `settings.price` has it. */
export type Price = { input: number; output: number };

/** Null when no price is known. */
export const costOf = (price: Price | undefined, inputTokens: number, outputTokens: number): number | null =>
  price ? (inputTokens * price.input + outputTokens * price.output) / 1e6 : null;

export type Trace = {
  /** A stage is reached; `details` are numbers and names, such as an action's. */
  mark(name: string, details?: Record<string, string | number | boolean>): void;
  /** Tokens that a model took and gave, as its provider counts them. */
  addUsage(usage: { inputTokens?: number; outputTokens?: number }): void;
  /** Another model than the agent's own has answered. */
  setModel(name: string): void;
  /** As it is stored. */
  end(outcome: Outcome): TracesTable;
};

/** Stages that are kept of one turn. */
const mostStages = 200;

/** Goes on with the `stages` of the turn's work, which it fills. `storedAt` is when the question was on disk. */
export function startTrace(
  turn: TurnRow,
  {
    stages,
    model: wanted,
    price,
    storedAt,
  }: {
    stages: Stage[];
    model: string;
    price: Price | undefined;
    storedAt: number | undefined;
  },
): Trace {
  if (stages.length === 0) {
    stages.push({ name: 'received', at: 0 });
    if (storedAt !== undefined) stages.push({ name: 'stored', at: storedAt - turn.created_at });
  }
  let model = wanted;
  let input = 0;
  let output = 0;
  const mark: Trace['mark'] = (name, details = {}) => {
    if (stages.length < mostStages) stages.push({ ...details, name, at: Date.now() - turn.created_at });
  };
  if (turn.started_at !== null)
    stages.push({ name: 'claimed', at: turn.started_at - turn.created_at, attempt: turn.attempts });
  return {
    mark,
    addUsage({ inputTokens = 0, outputTokens = 0 }) {
      input += inputTokens;
      output += outputTokens;
    },
    setModel(name) {
      model = name;
      mark('fell-back', { model: name });
    },
    end(outcome) {
      mark('posted');
      return {
        turn_id: turn.id,
        agent_id: turn.agent_id,
        channel_id: turn.channel_id,
        message_id: turn.message_id,
        started_at: turn.started_at ?? turn.created_at,
        ended_at: Date.now(),
        outcome,
        model,
        input_tokens: input,
        output_tokens: output,
        cost: costOf(price, input, output),
        stages: JSON.stringify(stages),
      };
    },
  };
}

/** What was spent outside of any turn, such as on looking for facts: it counts for the budgets of its room. */
export function traceUsage(
  { agentId, channelId, inputTokens, outputTokens }: Usage,
  agent: { model: { name: string }; price: Price | undefined } | undefined,
): TracesTable {
  const now = Date.now();
  return {
    turn_id: createId(),
    agent_id: agentId,
    channel_id: channelId,
    message_id: '',
    started_at: now,
    ended_at: now,
    outcome: 'answered',
    model: agent?.model.name ?? '',
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cost: costOf(agent?.price, inputTokens, outputTokens),
    stages: '[]',
  };
}
