/** What a turn knows before the model is asked: what was said in the room, what memory and knowledge say to it, files. */
import type { Spoken } from '../../../storage/messages/history.ts';
import type { ContextSource } from '../../memory/memory.ts';
import type { ModelFile } from '../../models/model.ts';
import type { RunningTurn } from '../running-turn.ts';
import type { TurnDeps } from '../turn-deps.ts';
import { gatherFiles } from './files.ts';

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

/** Asks all sources at once. */
export async function gatherContext(
  { sources, logger, messaging }: Pick<TurnDeps, 'logger' | 'messaging'> & { sources: readonly ContextSource[] },
  { agent, turn, message, recent, signal, trace }: RunningTurn,
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
