/** Why a turn failed, in words that say what to do. */
import type { ProjectVerdict } from '../../link.ts';
import { wordsOf } from '../load/unusable.ts';
import { redact } from '../redact.ts';
import type { TurnScope } from './scope.ts';

type Failed = Extract<ProjectVerdict, { outcome: 'failed' }>;

export function describeFailure(error: unknown, scope: TurnScope): Failed {
  const words = redact(wordsOf(error)).slice(0, 300);
  if (scope.signal.aborted) return { outcome: 'failed', code: 'cancelled', reason: 'it was cancelled' };
  if (/^Run exceeded timeout/.test(words)) return { outcome: 'failed', code: 'timed-out', reason: 'it took too long' };
  const missing = /^No handler found for delegate type: (\w+)/.exec(words);
  if (missing) return { outcome: 'failed', code: 'model-failed', reason: noModel(missing[1] ?? 'TEXT_LARGE') };
  if (scope.modelError !== undefined && scope.modelError === error)
    return { outcome: 'failed', code: 'model-failed', reason: `its model failed: ${words}` };
  return { outcome: 'failed', code: 'project-failed', reason: `code of the project failed: ${words}` };
}

export const noModel = (kind: string): string =>
  `the agent has no model for ${kind}: set a key in the .env of the project (OPENAI_API_KEY, ANTHROPIC_API_KEY, or OLLAMA_API_ENDPOINT), have the plugin of that provider among the plugins of the agent, and start again`;
