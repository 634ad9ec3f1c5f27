/** What a turn knows before the model is asked: what was said in the room, what memory and knowledge say to it, files. */
import type { Engine } from '../../storage/engine/engine.ts';
import { type EarlierWords, findConversation } from '../../storage/messages/conversations.ts';
import { findSpoken, listLastSpoken, type Spoken } from '../../storage/messages/history.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { ModelFile } from '../models/model.ts';
import { gatherFiles } from './files.ts';
import type { RunningTurn, TurnDeps } from './running-turn.ts';

export type Context = {
  /** What was said in the room, oldest first. */
  recent: readonly Spoken[];
  /** What the sources of context say, each under its heading. */
  notes: readonly { heading: string; lines: readonly string[] }[];
  /** What came with some of the messages, by the id of the message. */
  files: ReadonlyMap<string, readonly ModelFile[]>;
};

/** Longest wait for a source of context, in ms; then the turn goes on without it. */
const longestRecallMs = 5_000;

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

/** Asks all sources at once. */
export async function gatherContext(
  { sources, logger, messaging }: Pick<TurnDeps, 'sources' | 'logger' | 'messaging'>,
  { agent, turn, message, signal, trace }: RunningTurn,
  recent: readonly Spoken[],
): Promise<Context> {
  if (!agent.canAct) return { recent, notes: [], files: new Map() };
  const before = recent.filter(({ seq }) => seq < message.seq);
  const files = await gatherFiles(messaging, [...before, message]);
  const question = { agentId: agent.id, channelId: turn.channel_id, text: message.text };
  const notes = await Promise.all(
    sources.map(async (source) => {
      const { heading } = source;
      const { promise: late, resolve } = Promise.withResolvers<readonly string[]>();
      const timer = setTimeout(resolve, longestRecallMs, []);
      // A plugin's may break the contract; the turn goes on without it.
      const lines = Promise.resolve()
        .then(() => source.recall(question, signal))
        .catch((error: Error) => {
          logger.warn({ heading, error: error.name }, 'a source of context failed');
          return [];
        });
      return { heading, lines: await Promise.race([lines, late]).finally(() => clearTimeout(timer)) };
    }),
  );
  trace.mark('context', { lines: notes.reduce((sum, { lines }) => sum + lines.length, 0) });
  return { recent, notes: notes.filter(({ lines }) => lines.length > 0), files };
}
