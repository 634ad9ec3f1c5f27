/**
 * When the machine fails: power, syncs, kills in the middle of actions, models that hang, readers that do not read, herds that
 * come back, stops with everything open, descriptors and memory that run out, clocks that are set, crowds. A ledger of its own.
 * `npm run prove:faults -- --seeds 1 --only disk` is a trial.
 */
import { parseArgs } from 'node:util';
import { crowds } from './faults/crowds.ts';
import { failDisks } from './faults/disk.ts';
import { forgetMillions } from './faults/growth.ts';
import { limits } from './faults/limits.ts';
import type { Mission, MissionOptions } from './faults/mission.ts';
import { readers } from './faults/readers.ts';
import { stopWithAllOpen } from './faults/stop.ts';
import { turns } from './faults/turns.ts';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    only: { type: 'string' },
    /** Sockets of one room that come back after a kill, with the last seed: often no more files may be open. With the others fewer do. */
    herd: { type: 'string', default: '19000' },
  },
});
const seeds = values.seeds.split(',').map(Number);
const fewer = 2_000;

const all: Record<string, (options: MissionOptions) => Promise<Mission[]>> = {
  disk: failDisks,
  stop: stopWithAllOpen,
  growth: forgetMillions,
  turns,
  limits,
  crowds,
  readers: (options) => readers({ ...options, herd: options.seed === seeds.at(-1) ? Number(values.herd) : fewer }),
};
const chosen = values.only?.split(',') ?? Object.keys(all);
const unknown = chosen.find((name) => !Object.hasOwn(all, name));
if (unknown !== undefined) {
  process.stderr.write(`there is no ${unknown}; there are ${Object.keys(all).join(', ')}\n`);
  process.exit(2);
}

const began = performance.now();
const progress = (what: string) =>
  process.stderr.write(`${String(Math.round((performance.now() - began) / 1_000)).padStart(5)} s  ${what}\n`);
const figures: [string, string][] = [];
let holds = true;
for (const seed of seeds)
  for (const name of chosen) {
    const missions = await (all[name] as (typeof all)[string])({
      seed,
      progress: (what) => progress(`seed ${seed}, ${name}: ${what}`),
    });
    for (const mission of missions) {
      holds &&= mission.holds;
      progress(`seed ${seed}, ${mission.name}: ${mission.holds ? 'holds' : 'DOES NOT HOLD'}: ${mission.figures}`);
      figures.push([
        `seed ${seed}, ${mission.name}`,
        `${mission.holds ? '' : '**does not hold:** '}${mission.figures}`,
      ]);
    }
  }

keepResult({
  name: 'faults',
  claim:
    'When the machine fails, what was acknowledged is there, once and in order, every turn ends, and others are served meanwhile.',
  seeds,
  figures,
  holds,
  notes:
    'Loss of power and syncs that fail are not simulated by the kernel: a preloaded library logs every write, sync, rename and removal of the server, and says of a sync that it has failed; what is on the disk at a moment is put together from the log. What was not synced is lost, kept up to some write, kept at random, or kept with half of its sectors; what could not be synced is lost until it is written again. A name is there when its directory was synced. The clock of one server is set by a module that is loaded into it: it moves what `Date` says by what stands in a file, and leaves alone what counts time from some moment, as timers do; SQLite is asked for no time. For the chores of a server, which begin after ten minutes, timers of a minute and more are hastened.',
});
process.exit();
