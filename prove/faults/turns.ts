/** Faults of turns: models that hang, kills in the middle of actions, deployments. About two minutes. */
import { proveKilledActions } from './killed-actions.ts';
import type { Mission, MissionOptions } from './mission.ts';
import { proveStoppedTurns } from './stopped-turns.ts';
import { proveWaitingTurns } from './waiting-turns.ts';

export async function turns(options: MissionOptions): Promise<Mission[]> {
  const missions: Mission[] = [];
  for (const prove of [proveStoppedTurns, proveKilledActions, proveWaitingTurns])
    missions.push(...(await prove(options)));
  return missions;
}
