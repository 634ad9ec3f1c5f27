/**
 * Loaded into a server before it starts: what its clock says is moved by as many ms as stand in a file, which is looked at all
 * the time. What counts time from some moment (`performance.now`, timers) goes on as ever, as on a machine whose clock is set.
 * Long timers can be hastened: what is done every hour is then done while one looks on.
 */
import { readFileSync } from 'node:fs';

const { CLOCK_OFFSET_FILE: path, LONG_TIMERS_BY: by = '1' } = process.env;
/** How often the file is looked at, and what a long timer is, in ms. */
const [lookMs, longMs] = [10, 60_000];

const realNow = Date.now;
const realTimeout = globalThis.setTimeout;
let offset = 0;

function look(): void {
  try {
    offset = Number(readFileSync(path ?? '', 'utf8'));
  } catch {
    // Nobody has moved it yet.
  }
}

const now = () => realNow() + offset;

look();
setInterval(look, lookMs).unref();
Date.now = now;
globalThis.Date = new Proxy(Date, {
  construct: (target, given, as) => Reflect.construct(target, given.length === 0 ? [now()] : given, as),
  apply: () => new Date().toString(),
});
globalThis.setTimeout = Object.assign(
  (callback: () => void, ms = 0, ...rest: []) => realTimeout(callback, ms < longMs ? ms : ms / Number(by), ...rest),
  realTimeout,
) as typeof setTimeout;
