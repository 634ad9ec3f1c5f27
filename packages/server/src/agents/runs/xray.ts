/** The X-ray of a message: each turn that it began, stage by stage, with times. Never what was said. */
import { type ErrorCode, errorTable, type Message, type Outcome } from 'elizad-protocol';
import type { Room } from '../../messaging/ground/access.ts';
import type { Messaging } from '../../messaging/ground/context.ts';
import { findListed } from '../../storage/messages/message-pages.ts';
import { describeCompletion } from '../../storage/turns/completion.ts';
import { type ChainRun, findRootOf, listChainRuns } from '../../storage/turns/runs.ts';
import type { Stage } from './trace.ts';

/** Times are ms since the question was received. */
export type XrayTurn = {
  turnId: string;
  agentId: string;
  agentName: string;
  /** Answers of agents that lie between the question and what this turn answers. */
  hops: number;
  state: ChainRun['state'];
  attempts: number;
  outcome: Outcome | null;
  code?: string;
  hint?: string;
  model?: string;
  inputTokens?: number;
  outputTokens?: number;
  /** In US dollars. */
  cost?: number;
  answerId: string | null;
  endedAt: number | null;
  stages: Stage[];
};

export type Xray = {
  /** Of the question. */
  messageId: string;
  channelId: string;
  /** When it was received, ms since the epoch. */
  receivedAt: number;
  /** Null while something is still to come. */
  ending: { outcome: Outcome; code?: string; hint?: string } | null;
  turns: XrayTurn[];
};

/** Turns that are shown of one question. */
const mostTurns = 100;

/** Of a question, or of what a question caused: an answer, a card. Undefined when the channel has no such message. */
export async function takeXray(
  { database, agents }: Pick<Messaging, 'database' | 'agents'>,
  liveStages: ReadonlyMap<string, readonly Stage[]>,
  room: Room,
  messageId: string,
): Promise<Xray | undefined> {
  const { db } = database;
  const shown = (await findListed(db, messageId))?.message;
  if (shown?.channelId !== room.id) return undefined;
  const question = await findQuestion(db, shown);
  const runs = await listChainRuns(db, question.id, mostTurns);
  const turns = runs.map((run): XrayTurn => {
    const begun = run.created_at - question.createdAt;
    const stages = liveStages.get(run.id) ?? readStages(run);
    return {
      turnId: run.id,
      agentId: run.agent_id,
      agentName: agents.find(run.agent_id)?.name ?? 'Agent',
      hops: run.hops,
      state: run.state,
      attempts: run.attempts,
      outcome: run.outcome,
      ...describeCode(run.code),
      ...(run.model && { model: run.model }),
      ...(run.input_tokens !== null && { inputTokens: run.input_tokens }),
      ...(run.output_tokens !== null && { outputTokens: run.output_tokens }),
      ...(run.cost !== null && { cost: run.cost }),
      answerId: run.answer_id,
      endedAt: run.ended_at === null ? null : run.ended_at - question.createdAt,
      stages: stages.map((stage) => ({ ...stage, at: stage.at + begun })),
    };
  });
  return {
    messageId: question.id,
    channelId: room.id,
    receivedAt: question.createdAt,
    ending: runs.every(({ state }) => state === 'ended') ? describeEnding(question, runs) : null,
    turns,
  };
}

async function findQuestion(db: Messaging['database']['db'], shown: Message): Promise<Message> {
  const { runId } = shown.metadata;
  // An answer has the id of its turn, and a card names it.
  const rootId = await findRootOf(db, typeof runId === 'string' ? runId : shown.id);
  const root = rootId === undefined ? undefined : (await findListed(db, rootId))?.message;
  // Anybody may write a `runId` into what they say: it shows nothing of another channel.
  return root?.channelId === shown.channelId ? root : shown;
}

function describeEnding(question: Message, runs: readonly ChainRun[]): NonNullable<Xray['ending']> {
  const { outcome, turns } = describeCompletion(question, runs);
  const { code } = turns.find((turn) => turn.code !== undefined) ?? {};
  return { outcome, ...describeCode(code ?? null) };
}

const describeCode = (code: string | null): { code?: string; hint?: string } => {
  const { hint } = errorTable[code as ErrorCode] ?? {};
  return code === null ? {} : { code, ...(hint && { hint }) };
};

/** As they were stored; of a turn that did nothing yet, or ended before it began, what its row says. */
function readStages({ stages, saved_stages, created_at, started_at, attempts }: ChainRun): readonly Stage[] {
  const stored = stages ?? saved_stages;
  if (stored) return JSON.parse(stored) as Stage[];
  const received = { name: 'received', at: 0 };
  return started_at === null
    ? [received]
    : [received, { name: 'claimed', at: started_at - created_at, attempt: attempts }];
}
