/**
 * The actions of a step (stop 6 of the walk): each call of the model is run once, and shown to the room as a card that
 * goes from `executing` to `completed` or `failed`. What was done is saved before the model hears of it.
 */
import { askApproval } from '../../messaging/posts/approvals.ts';
import { findApproval } from '../../storage/turns/approvals.ts';
import { saveProgress } from '../../storage/turns/turns.ts';
import type { Action, ActionOutcome } from '../actions/action.ts';
import type { ModelCall, ModelCallResult } from '../models/model.ts';
import { beginCall, settleCard } from './action-card.ts';
import { describeTurn, type RunningTurn, type TurnDeps } from './running-turn.ts';
import type { Work } from './turn-progress.ts';

/** Attachments of one answer, at most. */
const mostAttachments = 10;

const failed = (output: string): ActionOutcome => ({ isError: true, output, attachments: [] });

/** Runs the calls one after the other, and returns what came of each; stops at the first after the signal has aborted. */
export async function act(
  deps: Pick<TurnDeps, 'messaging'>,
  of: RunningTurn,
  actions: readonly Action[],
  calls: readonly ModelCall[],
  work: Work,
): Promise<ModelCallResult[] | 'waiting'> {
  const results: ModelCallResult[] = [];
  for (const call of calls) {
    if (of.signal.aborted) break;
    const { result: done, card } = work.calls[call.id] ?? {};
    const action = actions.find(({ name }) => name === call.name);
    const permission = done || !action ? 'granted' : await seekApproval(deps, of, action, call, work);
    if (permission === 'waiting') return 'waiting';
    if (done) {
      // A kill may have come before the room was shown.
      if (card) await settleCard(deps.messaging, card, done);
      results.push(done);
    } else if (!action) results.push(await runCall(deps, of, call, work, describeUnknown(call, actions)));
    else results.push(await runCall(deps, of, call, work, permission === 'granted' ? action : permission));
  }
  return results;
}

/** Whether an action that asks first may run: it is `granted`, nobody has answered yet, or why not in words for the model. */
async function seekApproval(
  { messaging }: Pick<TurnDeps, 'messaging'>,
  { agent, turn, trace }: RunningTurn,
  { name, approval }: Action,
  { id, input }: ModelCall,
  work: Work,
): Promise<string> {
  if (!approval) return 'granted';
  // A model may give the call of a later step the same id: what was allowed then is not what it asks for now.
  const callId = `${work.messages.length} ${id}`;
  const asked = await findApproval(messaging.database.db, turn.id, callId);
  if (!asked) {
    const { timeoutMs, otherwise } = approval;
    const question = approval.question(input);
    if (question === undefined) return 'granted';
    const ask = { agentName: agent.name, callId, action: name, question, otherwise };
    await askApproval(messaging, turn, { ...ask, deadline: Date.now() + timeoutMs });
    trace.mark('asked-people', { action: name });
    // The wait may outlive the process, and what was done before it shall be known.
    await saveProgress(messaging.database.db, turn.id, JSON.stringify(work));
    return 'waiting';
  }
  if (asked.approved === null) return 'waiting';
  if (asked.approved === 1) return 'granted';
  return asked.answered_by === null
    ? 'Nobody has allowed this in time: it was not done.'
    : 'This was not allowed: it was not done.';
}

const describeUnknown = ({ name }: ModelCall, actions: readonly Action[]): string =>
  `There is no ${name}. There are: ${actions.map((action) => action.name).join(', ')}`;

/** Runs the action, or says in its place why it is not run. */
async function runCall(
  { messaging }: Pick<TurnDeps, 'messaging'>,
  of: RunningTurn,
  call: ModelCall,
  work: Work,
  action: Action | string,
): Promise<ModelCallResult> {
  const { turn, signal, trace } = of;
  const begun = work.calls[call.id];
  if (!begun && !(await beginCall(messaging, of, call, work))) return toResult(call, failed('The turn has ended.'));
  const card = work.calls[call.id]?.card ?? null;
  const began = performance.now();
  let outcome: ActionOutcome;
  if (begun)
    outcome = failed('The server was stopped while this ran. It may have been done, or not; it was not tried again.');
  else if (typeof action === 'string') outcome = failed(action);
  else outcome = await action.run(call.input, describeTurn(of));
  const result = toResult(call, outcome);
  // Left as begun: if the turn is handed back, the next start has to know that it may have been done.
  if (signal.aborted && signal.reason === 'handed-back') return result;
  trace.mark('action', { action: call.name, ms: Math.round(performance.now() - began), isError: outcome.isError });
  work.calls[call.id] = { card, result };
  if (!outcome.isError) work.actions.push(call.name);
  work.attachments = [...work.attachments, ...outcome.attachments].slice(0, mostAttachments);
  await saveProgress(messaging.database.db, turn.id, JSON.stringify(work));
  if (card !== null) await settleCard(messaging, card, outcome);
  return result;
}

const toResult = ({ id, name }: ModelCall, { output, isError }: ActionOutcome): ModelCallResult => ({
  id,
  name,
  output,
  isError,
});
