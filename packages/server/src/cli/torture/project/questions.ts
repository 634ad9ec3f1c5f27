/**
 * What a run with a project says about its questions: how each ended, and whether it had to. Whatever is heard comes from a
 * client that is in every room and is never cut off; an agent answers one question after the other in a room.
 */
import type { Finding } from '../ledger.ts';
import type { Payload } from '../players/asking.ts';
import type { Kill } from './project-kills.ts';

export type Questions = ReturnType<typeof openQuestions>;
export type Summary = ReturnType<Questions['summarize']>;

/** A blow is heard of a moment after it came, or before. */
const blurMs = 1_000;
const mostExamples = 5;

const whats = {
  actedTwice: ['once', 'an action was begun twice in a turn'],
  'cut off idle': ['every turn ends', 'ended as interrupted-action although no action had begun'],
  'not run again': ['every turn ends', 'failed although nothing was done, and it had died no more than once'],
} as const;

export function openQuestions() {
  const asked = new Map<string, number>();
  const ended = new Set<string>();
  /** Cards of the question that is being answered, by room. */
  const cards = new Map<string, Set<string>>();
  /** Actions of each turn, by the card that was first. */
  const first = new Map<string, string>();
  const ends: Record<string, number> = {};
  const kills: Kill[] = [];
  const found: Record<keyof typeof whats, string[]> = { actedTwice: [], 'cut off idle': [], 'not run again': [] };
  let longestMs = 0;

  function hearCard({ id, roomId, actions, metadata }: Payload): void {
    cards.set(roomId, (cards.get(roomId) ?? new Set()).add(id));
    const name = `${metadata?.runId} ${actions?.[0]}`;
    const before = first.get(name);
    if (before !== undefined && before !== id) found.actedTwice.push(`${name} in ${roomId}`);
    first.set(name, before ?? id);
  }

  return {
    hear(message: Payload): void {
      if (message.source === 'agent_action') hearCard(message);
      else if (message.source !== 'agent_response' && !asked.has(message.id)) asked.set(message.id, performance.now());
    },
    completed({ messageId, roomId, outcome, turns }: Payload): void {
      const code = turns?.[0]?.code;
      // In a room without an agent, or heard again.
      if (!turns?.[0] || ended.has(messageId)) return;
      ended.add(messageId);
      const how = code ? `${outcome}: ${code}` : String(outcome);
      ends[how] = (ends[how] ?? 0) + 1;
      const now = performance.now();
      const since = asked.get(messageId) ?? now;
      longestMs = Math.max(longestMs, now - since);
      const hasActed = (cards.get(roomId)?.size ?? 0) > 0;
      cards.delete(roomId);
      if (code === 'interrupted-action' && !hasActed) found['cut off idle'].push(messageId);
      const deaths = kills.filter(({ at }) => at > since - blurMs).length;
      if (code === 'project-failed' && deaths < 2) found['not run again'].push(messageId);
    },
    note: (kill: Kill) => void kills.push(kill),
    judge: (): Finding[] =>
      Object.entries(whats).map(([name, [promise, what]]) => {
        const examples = found[name as keyof typeof whats];
        return { kind: name, promise, what, count: examples.length, examples: examples.slice(0, mostExamples) };
      }),
    summarize: () => ({
      kills: {
        project: kills.filter(({ who }) => who === 'project').length,
        server: kills.filter(({ who }) => who === 'server').length,
      },
      moments: Object.fromEntries(
        [...new Set(kills.map(({ moment }) => moment))].map((name) => [
          name,
          kills.filter(({ moment }) => moment === name).length,
        ]),
      ),
      ends,
      longestMs: Math.round(longestMs),
    }),
  };
}
