/**
 * The built-in runner of turns: the agent's model is asked with what is known, its actions are done, and it is asked again until it
 * wants nothing more.
 */
import { saveProgress } from '../../../storage/turns/turns.ts';
import type { Toolbox } from '../../actions/action.ts';
import type { ContextSource } from '../../memory/memory.ts';
import type { ModelRequest } from '../../models/model.ts';
import type { Runner, Tell } from '../runner.ts';
import { describeStop, type RunningTurn } from '../running-turn.ts';
import type { TurnDeps } from '../turn-deps.ts';
import type { Verdict } from '../turn-progress.ts';
import { think } from './ask-model.ts';
import { gatherContext } from './context.ts';
import { mustDecide, wantsToAnswer } from './decision.ts';
import { buildRequest } from './prompt.ts';
import { act } from './run-calls.ts';

export type ThinkingDeps = Pick<TurnDeps, 'messaging' | 'logger'> & {
  toolbox: Toolbox;
  sources: readonly ContextSource[];
};

/** Steps of a turn with actions; in the last one the model has none, and must say something. */
const mostSteps = 8;

export function createThinking(deps: ThinkingDeps): Runner {
  return {
    async run(of, tell) {
      const { agent, channel, message, signal, turn } = of;
      const context = await gatherContext(deps, of);
      if (mustDecide(agent, channel, turn, message) && !(await wantsToAnswer(of, context)))
        return signal.aborted ? describeStop(signal) : { outcome: 'ignored', code: null };
      return takeSteps(deps, of, tell, buildRequest(of, context, channel?.type === 'GROUP'));
    },
  };
}

async function takeSteps(
  deps: ThinkingDeps,
  of: RunningTurn,
  tell: Tell,
  request: ModelRequest,
): Promise<Verdict | 'waiting'> {
  const { agent, turn, signal, work } = of;
  const actions = agent.canAct ? await deps.toolbox.list(agent.id) : [];
  const tools = actions.map(({ name, description, parameters }) => ({ name, description, parameters }));
  if (work.text !== '') repeatWhatWasSaid(deps, of);
  for (;;) {
    const last = work.messages.at(-1);
    // Steps of before a restart may have left calls open.
    if (last?.role === 'assistant' && last.calls) {
      const results = await act(deps, of, tell, actions, last.calls);
      if (signal.aborted) return describeStop(signal);
      if (results === 'waiting') return 'waiting';
      work.messages.push({ role: 'tool', results });
      work.calls = {};
    }
    const isLast = work.messages.length >= 2 * mostSteps;
    const messages = [...request.messages, ...work.messages];
    const step = await think(deps, of, tell, { ...request, messages, ...(tools.length > 0 && !isLast && { tools }) });
    if (step.outcome !== 'answered' || step.calls.length === 0) return step;
    const { text, calls, native } = step;
    work.messages.push({ role: 'assistant', text, calls, ...(native !== undefined && { native }) });
    await saveProgress(deps.messaging.database.db, turn.id, JSON.stringify(work));
  }
}

/** A turn that goes on after a restart says again what it had said: chunks are kept in memory only. */
function repeatWhatWasSaid({ messaging }: ThinkingDeps, { agent, turn, work }: RunningTurn): void {
  messaging.answers.say({ messageId: turn.id, chunk: work.text, agentId: agent.id, channelId: turn.channel_id });
}
