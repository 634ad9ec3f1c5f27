/**
 * The actions of a step (stop 6 of the walk): each call of the model is run once, and shown to the room as a card that
 * goes from `executing` to `completed` or `failed`. What was done is saved before the model hears of it.
 */
import { findApproval } from '../../../storage/turns/approvals.ts';
import type { Action, ActionOutcome } from '../../actions/action.ts';
import type { ModelCall, ModelCallResult } from '../../models/model.ts';
import { settleCard } from '../action-card.ts';
import type { Tell } from '../runner.ts';
import { describeTurn, type RunningTurn } from '../running-turn.ts';
import type { TurnDeps } from '../turn-deps.ts';

const failed = (output: string): ActionOutcome => ({ isError: true, output, attachments: [] });

/** Runs the calls one after the other, and returns what came of each; stops at the first after the signal has aborted. */
export async function act(
  deps: Pick<TurnDeps, 'messaging'>,
  of: RunningTurn,
  tell: Tell,
  actions: readonly Action[],
  calls: readonly ModelCall[],
): Promise<ModelCallResult[] | 'waiting'> {
  const { work } = of;
  const results: ModelCallResult[] = [];
  for (const call of calls) {
    if (of.signal.aborted) break;
    const { result: done, card } = work.calls[call.id] ?? {};
    const action = actions.find(({ name }) => name === call.name);
    const permission = done || !action ? 'granted' : await seekApproval(deps, of, tell, action, call);
    if (permission === 'waiting') return 'waiting';
    if (done) {
      // A kill may have come before the room was shown.
      if (card) await settleCard(deps.messaging, card, done);
      results.push(done);
    } else if (!action) results.push(await runCall(of, tell, call, describeUnknown(call, actions)));
    else results.push(await runCall(of, tell, call, permission === 'granted' ? action : permission));
  }
  return results;
}

/** Whether an action that asks first may run: it is `granted`, nobody has answered yet, or why not in words for the model. */
async function seekApproval(
  { messaging }: Pick<TurnDeps, 'messaging'>,
  { turn, work }: RunningTurn,
  tell: Tell,
  { name, approval }: Action,
  { id, input }: ModelCall,
): Promise<string> {
  if (!approval) return 'granted';
  // A model may give the call of a later step the same id: what was allowed then is not what it asks for now.
  const callId = `${work.messages.length} ${id}`;
  const asked = await findApproval(messaging.database.db, turn.id, callId);
  if (!asked) {
    const { timeoutMs, otherwise } = approval;
    const question = approval.question(input);
    if (question === undefined) return 'granted';
    await tell({ type: 'question', callId, action: name, question, timeoutMs, otherwise });
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
  of: RunningTurn,
  tell: Tell,
  call: ModelCall,
  action: Action | string,
): Promise<ModelCallResult> {
  const { signal, work } = of;
  const { id, name } = call;
  const begun = work.calls[id];
  if (!begun && !(await tell({ type: 'card', id, action: name, status: 'executing' })))
    return toResult(call, failed('The turn has ended.'));
  let outcome: ActionOutcome;
  if (begun)
    outcome = failed('The server was stopped while this ran. It may have been done, or not; it was not tried again.');
  else if (typeof action === 'string') outcome = failed(action);
  else outcome = await action.run(call.input, describeTurn(of));
  const result = toResult(call, outcome);
  // Left as begun: if the turn is handed back, the next start has to know that it may have been done.
  if (signal.aborted && signal.reason === 'handed-back') return result;
  const { isError, output, attachments } = outcome;
  await tell({ type: 'card', id, action: name, status: isError ? 'failed' : 'completed', output, attachments });
  return result;
}

const toResult = ({ id, name }: ModelCall, { output, isError }: ActionOutcome): ModelCallResult => ({
  id,
  name,
  output,
  isError,
});
