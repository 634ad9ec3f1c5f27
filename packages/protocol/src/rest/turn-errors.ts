/** What may go wrong where a model, or an agent in a room, is waited for. */
import type { ErrorCode } from '../error-table.ts';

export const modelErrors = [
  'model-unauthorized',
  'model-rate-limited',
  'model-not-found',
  'model-refused',
  'model-unreachable',
  'model-cut',
  'model-overloaded',
  'model-empty',
  'model-address-refused',
  'turn-timed-out',
] as const satisfies readonly ErrorCode[];

/** What may end a turn beside its model. */
export const turnErrors = [
  'turn-cancelled',
  'turn-superseded',
  'agent-busy',
  'room-frozen',
  'budget-spent',
] as const satisfies readonly ErrorCode[];
