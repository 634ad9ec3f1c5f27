/** What a process has runs out, or stands still, or goes wrong: descriptors, memory, time. Under five minutes. */
import { type Mission, type MissionOptions, runEach } from './mission.ts';
import { proveMovedClock } from './moved-clock.ts';
import { proveScarceHeap } from './scarce-heap.ts';
import { proveStoodStill } from './stood-still.ts';
import { proveUsedUpFiles } from './used-up-files.ts';

export const limits = (options: MissionOptions): Promise<Mission[]> =>
  runEach(options, {
    'descriptors used up': proveUsedUpFiles,
    'a scarce heap': proveScarceHeap,
    'the server stands still': proveStoodStill,
    'the clock is set': proveMovedClock,
  });
