/** What a server does now and then while it runs: it forgets what is old, and notes who is still there. */
import type { Agents } from './agents/agents.ts';
import type { Jobs } from './messaging/jobs.ts';
import { sweepFiles } from './messaging/media/files.ts';
import type { Messaging } from './messaging/messages.ts';
import type { Logger } from './observability/logger.ts';
import { deleteSessionsBefore } from './storage/sessions.ts';

export type Chore = {
  /** For the log, where it fails: what stays as it was. */
  readonly what: string;
  /** How long after the start it is done first, and then how often, in ms. */
  readonly firstMs: number;
  readonly everyMs: number;
  /** Comes to an end soon after the signal has fired. */
  run(signal: AbortSignal): Promise<void>;
};

/** Starts all of them; each waits for itself, none for another. `stop` resolves when none is under way. */
export function startUpkeep(chores: readonly Chore[], logger: Pick<Logger, 'error'>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const under = new Set<Promise<void>>();
  const timers = new Map<Chore, NodeJS.Timeout>();

  function schedule(chore: Chore, ms: number): void {
    const run = async () => {
      try {
        await chore.run(signal);
      } catch (err) {
        if (!signal.aborted) logger.error({ err }, chore.what);
      }
      under.delete(done);
      if (!signal.aborted) schedule(chore, chore.everyMs);
    };
    let done: Promise<void>;
    const start = () => {
      done = run();
      under.add(done);
    };
    timers.set(chore, setTimeout(start, ms).unref());
  }

  for (const chore of chores) schedule(chore, chore.firstMs);
  return {
    async stop() {
      stopping.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(under);
    },
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long after it was last connected a socket may come back, in ms: 7 days, and those that are connected are noted once an hour. */
const keptSessionMs = 7 * dayMs + hourMs;

/**
 * Nothing is forgotten in the first minutes, in ms: whoever was connected before the start has come back by then, also
 * where the clock was set forward by weeks meanwhile.
 */
const graceMs = 10 * minuteMs;

/** What there is to do for a server; `keepSessions` notes that those who are connected are. */
export function listChores(of: {
  messaging: Messaging;
  agents: Pick<Agents, 'forgetOld'>;
  jobs: Pick<Jobs, 'forgetOld'>;
  keepSessions(): Promise<void>;
}): Chore[] {
  const { messaging, agents, jobs, keepSessions } = of;
  const { db } = messaging.database;
  const often = { firstMs: graceMs, everyMs: minuteMs };
  return [
    {
      what: 'old sessions stay',
      ...often,
      run: (signal) => deleteSessionsBefore(db, Date.now() - keptSessionMs, signal),
    },
    { what: 'old traces stay', ...often, run: (signal) => agents.forgetOld(signal) },
    { what: 'old jobs stay', ...often, run: (signal) => jobs.forgetOld(signal) },
    { what: 'sessions grow old', firstMs: hourMs, everyMs: hourMs, run: keepSessions },
    { what: 'files that nobody has stay', firstMs: 0, everyMs: dayMs, run: () => sweepFiles(messaging) },
  ];
}
