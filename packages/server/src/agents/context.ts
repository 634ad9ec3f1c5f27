/** What a turn knows before the model is asked: what was said in the room, what memory and knowledge say to it, files. */
import type { Spoken } from '../storage/history.ts';
import type { RunningTurn, TurnDeps } from './running-turn.ts';

export type Context = {
  /** What was said in the room, oldest first. */
  recent: readonly Spoken[];
  /** What the sources of context say, each under its heading. */
  notes: readonly { heading: string; lines: readonly string[] }[];
};

/** Asks all sources at once. */
export async function gatherContext(
  { sources }: Pick<TurnDeps, 'sources'>,
  { agent, turn, message, signal, trace }: RunningTurn,
  recent: readonly Spoken[],
): Promise<Context> {
  if (sources.length === 0 || !agent.canAct) return { recent, notes: [] };
  const question = { agentId: agent.id, channelId: turn.channel_id, text: message.text };
  const notes = await Promise.all(
    sources.map(async ({ heading, recall }) => ({ heading, lines: await recall(question, signal) })),
  );
  trace.mark('context', { lines: notes.reduce((sum, { lines }) => sum + lines.length, 0) });
  return { recent, notes: notes.filter(({ lines }) => lines.length > 0) };
}
