/** What a process has runs out, or stands still, or goes wrong: descriptors, memory, time. Under five minutes. */

import { proveMovedClock } from './limits/moved-clock.ts';
import { proveScarceHeap } from './limits/scarce-heap.ts';
import { proveStoodStill } from './limits/stood-still.ts';
import { proveUsedUpFiles } from './limits/used-up-files.ts';
import { type Mission, type MissionOptions, runEach } from './mission.ts';

export const limits = (options: MissionOptions): Promise<Mission[]> =>
  runEach(options, {
    'descriptors used up': proveUsedUpFiles,
    'a scarce heap': proveScarceHeap,
    'the server stands still': proveStoodStill,
    'the clock is set': proveMovedClock,
  });
