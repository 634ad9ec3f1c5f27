/**
 * What a turn has done so far. It is saved around every action, so that a turn that a crash broke off goes on where it
 * was, and nothing is done twice.
 */
import type { Attachment, ErrorCode, Outcome } from 'elizad-protocol';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { ModelCallResult, ModelMessage } from '../models/model.ts';
import type { Stage } from '../runs/trace.ts';

export type Work = {
  /** Steps of the model so far, behind the conversation: what it said and called, and what came of that. */
  messages: ModelMessage[];
  text: string;
  thought: string;
  /** Names of the actions that were done, in their order. */
  actions: string[];
  attachments: Attachment[];
  /** Calls of the last step: the id of the card that shows each, and its result once there is one. */
  calls: Record<string, { card: string | null; result?: ModelCallResult }>;
  /** What was done when, also before a stop or a wait. */
  stages: Stage[];
};

/** How it ended, as far as the model goes. */
export type Verdict = { outcome: Outcome; code: ErrorCode | null };

type SavedCalls = { calls: Record<string, { card: string | { id: string } | null; result?: ModelCallResult }> };

/** The work of a turn as it was saved, or none yet. */
export function readWork({ progress }: TurnRow): Work {
  if (progress === null)
    return { messages: [], text: '', thought: '', actions: [], attachments: [], calls: {}, stages: [] };
  // Stores of before have no stages, and the whole card in place of its id.
  const saved = JSON.parse(progress) as Omit<Work, 'stages' | 'calls'> & Partial<Pick<Work, 'stages'>> & SavedCalls;
  const calls = Object.entries(saved.calls).map(([id, { card, ...call }]) => {
    return [id, { ...call, card: typeof card === 'object' ? (card?.id ?? null) : card }] as const;
  });
  return { ...saved, stages: saved.stages ?? [], calls: Object.fromEntries(calls) };
}
