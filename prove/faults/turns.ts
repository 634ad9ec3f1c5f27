/** Faults of turns: models that hang, kills in the middle of actions, deployments. About two minutes. */

import type { Mission, MissionOptions } from './mission.ts';
import { proveKilledActions } from './turns/killed-actions.ts';
import { proveStoppedTurns } from './turns/stopped-turns.ts';
import { proveWaitingTurns } from './turns/waiting-turns.ts';

export async function turns(options: MissionOptions): Promise<Mission[]> {
  const missions: Mission[] = [];
  for (const prove of [proveStoppedTurns, proveKilledActions, proveWaitingTurns])
    missions.push(...(await prove(options)));
  return missions;
}
