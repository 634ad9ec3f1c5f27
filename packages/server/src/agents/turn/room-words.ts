/** What a turn answers, and what was said in its room before. */
import type { Engine } from '../../storage/engine/engine.ts';
import { type EarlierWords, findConversation } from '../../storage/messages/conversations.ts';
import { findSpoken, listLastSpoken, type Spoken } from '../../storage/messages/history.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';

/** Messages of the room that a model sees, at most; and how many of them the agent may have said after what it answers. */
const contextMessages = 50;
const ownAfter = 10;

/** What a turn answers, and what was said in its room. */
export async function readRoom(
  { db }: Pick<Engine, 'db'>,
  turn: Pick<TurnRow, 'message_id' | 'channel_id' | 'agent_id'>,
): Promise<{ recent: readonly Spoken[]; message: Spoken | undefined }> {
  const last = await listLastSpoken(db, turn.channel_id, contextMessages);
  const only = last.length === 1 ? last[0] : undefined;
  if (only?.id === turn.message_id) {
    const earlier = await findConversation(db, only.id);
    return { recent: [...earlier.map((one) => toSpoken(one, only, turn.agent_id)), only], message: only };
  }
  const message = last.find(({ id }) => id === turn.message_id) ?? (await findSpoken(db, turn.message_id));
  const after = message ? last.filter(({ seq }) => seq > message.seq) : [];
  if (!message || after.length <= ownAfter) return { recent: last, message };
  // It has waited while much was said: what matters is what was said before it.
  const own = after.filter(({ senderId }) => senderId === turn.agent_id).slice(-ownAfter);
  const before = await listLastSpoken(db, turn.channel_id, contextMessages - own.length, message.seq);
  return { recent: [...before, ...own], message };
}

/** What was said before the first message of a room, in a conversation that its sender has led elsewhere. */
function toSpoken({ role, text }: EarlierWords, first: Spoken, agentId: string): Spoken {
  const { channelId, senderId, senderName } = first;
  const here = { channelId, id: '', seq: 0, hasAttachments: 0 as const };
  if (role === 'assistant') return { ...here, senderId: agentId, senderName: 'Agent', text };
  return { ...here, senderId, senderName, text: role === 'system' ? `[Instructions for you] ${text}` : text };
}
