/**
 * Stop 6 of the walk: one turn of one agent. Whether it may begin, its runner (runner.ts), and its end, which posts what the agent
 * said by the same path as everyone (stop 3). It always ends: in an answer, a failure, a timeout, or a cancel.
 */
import type { Outcome } from 'elizad-protocol';
import { listAddressees } from '../../messaging/posts/address.ts';
import { endTurn } from '../../messaging/posts/agent-posts.ts';
import { withdrawQuestions } from '../../messaging/posts/approvals.ts';
import { passStop } from '../../observability/walk.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { Agent } from '../characters/roster.ts';
import { startTrace, type Trace } from '../runs/trace.ts';
import { settleCards } from './action-card.ts';
import { runAfterTurn, runBeforeTurn } from './hooks.ts';
import { readRoom } from './room-words.ts';
import { describeTurn, type RunningTurn } from './running-turn.ts';
import { createTell } from './tell.ts';
import type { TurnDeps } from './turn-deps.ts';
import { readWork, type Verdict, type Work } from './turn-progress.ts';

/** How a run of a turn was left: `handed-back` must be queued again, `waiting` waits for the answer of a person. */
export type Leaving = 'ended' | 'handed-back' | 'waiting';

/** Runs a claimed turn as far as it goes. */
export async function runTurn(deps: TurnDeps, turn: TurnRow, signal: AbortSignal): Promise<Leaving> {
  const { messaging, roster, breaker } = deps;
  const { database } = messaging;
  passStop('agents/turn', turn.message_id);
  const agent = roster.get(turn.agent_id);
  const work = readWork(turn);
  const { stages } = work;
  const storedAt = messaging.storedAt.find(turn.message_id);
  const trace = startTrace(turn, { stages, model: agent?.model.name ?? '', price: agent?.price, storedAt });
  deps.liveStages.set(turn.id, stages);
  const { recent, message } = await readRoom(database, turn);
  const end = async (verdict: Verdict) => {
    const outcome = await finish(deps, { agent, turn, trace }, work, verdict);
    deps.observe({ agentId: turn.agent_id, channelId: turn.channel_id });
    if (agent && message)
      void runAfterTurn(deps.hooks, {
        ...describeTurn({ agent, turn, message, signal }),
        outcome,
        text: work.text.trim(),
      });
    return 'ended' as const;
  };
  if (!agent || !message) return end({ outcome: 'failed', code: 'agent-not-running' });
  const refusal = await breaker.refuse(turn);
  if (refusal) return end({ outcome: 'ignored', code: refusal });
  const channel = await messaging.channels.find(turn.channel_id);
  const of: RunningTurn = { agent, turn, channel, message, recent, work, signal, trace };
  const permission = await runBeforeTurn(deps.hooks, describeTurn(of));
  if (permission.skip) {
    const { plugin, reason } = permission;
    deps.logger.info({ agentId: agent.id, messageId: message.id, plugin, reason }, 'a hook skipped a turn');
    return end({ outcome: 'ignored', code: null });
  }
  try {
    const verdict = await deps.runnerOf(agent.id).run(of, createTell(deps, of));
    messaging.answers.tell();
    if (signal.aborted && signal.reason === 'handed-back') return 'handed-back';
    if (verdict === 'waiting') return 'waiting';
    return end(verdict);
  } finally {
    messaging.answers.end(turn.id);
  }
}

type Finished = { agent: Agent | undefined; turn: TurnRow; trace: Trace };

async function finish(
  deps: TurnDeps,
  { agent, turn, trace }: Finished,
  work: Work,
  verdict: Verdict,
): Promise<Outcome> {
  const { messaging, logger, breaker } = deps;
  const text = work.text.trim();
  const hasSaid = text !== '' || work.attachments.length > 0;
  const { code } = verdict;
  const outcome = verdict.outcome === 'answered' && !hasSaid ? 'ignored' : verdict.outcome;
  const isPartial = outcome !== 'answered' && text !== '';
  if (isPartial && outcome !== 'cancelled') {
    const { id: messageId, agent_id: agentId, channel_id: channelId } = turn;
    const broken = { messageId, agentId, channelId, error: code ?? outcome, partialText: work.text };
    messaging.broadcast('stream-failed', broken, { channelId });
  }
  const channel = await messaging.channels.find(turn.channel_id);
  const called =
    channel && outcome === 'answered'
      ? listAddressees(channel, { senderId: turn.agent_id, text }, messaging.agents)
      : [];
  const reply = {
    // The turn's own id: it is known before, and the same when the turn is run again after a crash.
    id: turn.id,
    name: agent?.name ?? 'Agent',
    text,
    thought: work.thought === '' ? null : work.thought,
    actions: [...new Set(outcome === 'answered' ? [...work.actions, 'REPLY'] : work.actions)],
    attachments: work.attachments,
    metadata: isPartial ? { partial: true, outcome } : {},
    addressees: await breaker.admit(turn, called),
  };
  await settleCards(messaging, work);
  const traced = trace.end(outcome);
  await endTurn(messaging, turn, { outcome, code }, hasSaid ? reply : undefined, traced);
  // It may have been stopped as it asked.
  if (work.messages.length > 0) await withdrawQuestions(messaging, turn.id);
  const entry = {
    agentId: turn.agent_id,
    agentName: agent?.name,
    channelId: turn.channel_id,
    messageId: turn.message_id,
  };
  const { input_tokens: inputTokens, output_tokens: outputTokens } = traced;
  const ms = Date.now() - turn.created_at;
  logger.info(
    { ...entry, outcome, code: code ?? undefined, ms, inputTokens, outputTokens, attempt: turn.attempts },
    `turn ${outcome}`,
  );
  return outcome;
}
