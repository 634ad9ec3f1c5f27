/** What an agent that goes for good leaves behind: the turns that wait for a person, who would wait for nothing. */
import { listWaitingTurns } from '../../storage/turns/turns.ts';
import type { Messaging } from '../ground/context.ts';
import { endTurn } from './agent-posts.ts';
import { withdrawQuestions } from './approvals.ts';

/** Ends the turns of an agent that wait, as `agent-not-running`, and takes back what they had asked. */
export async function endWaitingTurns(messaging: Messaging, agentId: string): Promise<void> {
  for (const turn of await listWaitingTurns(messaging.database.db, agentId)) {
    await endTurn(messaging, turn, { outcome: 'failed', code: 'agent-not-running' });
    await withdrawQuestions(messaging, turn.id);
  }
}
