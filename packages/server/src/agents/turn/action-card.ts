/**
 * The card of an action (stop 6 of the walk): what the room sees of a call, from `executing` to `completed` or `failed`. It is
 * posted together with the note that the call has begun, so that a kill leaves both or neither.
 */
import type { Message } from 'elizad-protocol';
import type { Messaging } from '../../messaging/ground/context.ts';
import { editMessage, postAside } from '../../messaging/posts/agent-posts.ts';
import { findMessage } from '../../storage/messages/history.ts';
import { createId } from '../../storage/schema/ids.ts';
import type { ActionOutcome } from '../actions/action.ts';
import type { ModelCall } from '../models/model.ts';
import type { RunningTurn } from './running-turn.ts';
import type { Work } from './turn-progress.ts';

/** Characters of a result that the room sees on its card. */
const shownResult = 2_000;

/**
 * Posts the card of a call that begins, as clients of the reference server show it: what is under way, by `actionId` and
 * `actionStatus`. False, and nothing is begun, where the turn has ended meanwhile, or its channel is gone.
 */
export async function beginCall(
  messaging: Messaging,
  { agent, turn }: Pick<RunningTurn, 'agent' | 'turn'>,
  { id: callId, name }: Pick<ModelCall, 'id' | 'name'>,
  work: Work,
): Promise<boolean> {
  const id = createId();
  work.calls[callId] = { card: id };
  const card = {
    id,
    senderId: agent.id,
    senderName: agent.name,
    text: `Executing action: ${name}`,
    source: 'agent_action',
    actions: [name],
    // Not a reply: whoever waits for that shall get the answer.
    inReplyTo: null,
    metadata: { type: 'agent_action', actionId: callId, actionStatus: 'executing', runId: turn.id },
  };
  const progress = { turnId: turn.id, progress: JSON.stringify(work) };
  return (await postAside(messaging, turn.channel_id, card, { progress })) !== undefined;
}

/** Shows what came of a call; a card that shows it already stays as it is. */
export async function settleCard(
  messaging: Messaging,
  card: string,
  { isError, output }: Pick<ActionOutcome, 'isError' | 'output'>,
): Promise<void> {
  const shown = await findMessage(messaging.database.db, card);
  if (shown?.metadata.actionStatus !== 'executing') return;
  const name = shown.actions[0] ?? 'action';
  const text = output.length > shownResult ? `${output.slice(0, shownResult)}…` : output;
  const settled: Message = {
    ...shown,
    text: `Action ${name} ${isError ? 'failed' : 'completed'}`,
    metadata: {
      ...shown.metadata,
      actionStatus: isError ? 'failed' : 'completed',
      actionResult: { success: !isError, ...(isError ? { error: text } : { text }) },
    },
  };
  await editMessage(messaging, settled);
}

const unknown = { isError: true, output: 'The turn has ended before it was known what came of this.' };

/** No card of a turn that ends is left under way. */
export async function settleCards(messaging: Messaging, { calls }: Pick<Work, 'calls'>): Promise<void> {
  for (const { card, result } of Object.values(calls))
    if (card !== null) await settleCard(messaging, card, result ?? unknown);
}
