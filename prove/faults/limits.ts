/** What a process has runs out, or stands still, or goes wrong: descriptors, memory, time. Under five minutes. */
import type { Mission, MissionOptions } from './mission.ts';
import { proveUsedUpFiles } from './used-up-files.ts';

export async function limits(options: MissionOptions): Promise<Mission[]> {
  const missions: Mission[] = [];
  for (const prove of [proveUsedUpFiles]) missions.push(...(await prove(options)));
  return missions;
}
