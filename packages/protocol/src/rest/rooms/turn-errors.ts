/** What may be wrong with who speaks in a room, or enters it. */
export const speakerErrors = [
  'speaking-as-agent',
  'reserved-voice',
  'too-many-participants',
] as const satisfies readonly ErrorCode[];

/** What may go wrong where somebody speaks in a room, and where a model, or an agent in a room, is waited for. */
import type { ErrorCode } from '../../error-table.ts';

export const modelErrors = [
  'model-unauthorized',
  'model-rate-limited',
  'model-not-found',
  'model-refused',
  'model-unreachable',
  'model-cut',
  'model-overloaded',
  'model-empty',
  'model-too-long',
  'model-address-refused',
  'answer-failed',
  'turn-timed-out',
] as const satisfies readonly ErrorCode[];

/** What may end a turn beside its model. */
export const turnErrors = [
  'turn-cancelled',
  'turn-superseded',
  'agent-busy',
  'too-many-turns',
  'room-frozen',
  'budget-spent',
  'removed-from-room',
] as const satisfies readonly ErrorCode[];
