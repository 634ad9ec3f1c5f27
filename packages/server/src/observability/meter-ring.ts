/** The last five minutes of the meters, a sample every five seconds; and how it is now. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Outcome } from 'elizad-protocol';
import type { Meters } from './meters.ts';
import { readResidentBytes } from './resident.ts';
import type { Percentiles } from './timing.ts';

/** Figures of some seconds: rates are per second, times in ms. */
export type Sample = {
  /** The end of these seconds, in ms since the epoch. */
  at: number;
  connections: number;
  messagesPerSecond: number;
  turnsStartedPerSecond: number;
  turnsEndedPerSecond: Record<Outcome, number>;
  turnsUnderWay: number;
  send: Percentiles;
  turn: Percentiles;
  firstToken: Percentiles;
  /** How late timers were, but for one in a hundred. */
  eventLoopLagP99: number;
  rssBytes: number;
};

export type MeterRing = {
  readonly meters: Meters;
  countConnections(): number;
  /** How it is now, over the last five to ten seconds. */
  read(): Sample;
  /** Oldest first. */
  list(): readonly Sample[];
  stop(): void;
};

export const stepMs = 5_000;
const mostSamples = 60;

/** How often the event loop is looked at, in ms: this much is no lag. */
const resolution = 20;

type Totals = Pick<Meters, 'messages' | 'turnsStarted' | 'turnsEnded'> & { at: number };

export function openMeterRing(meters: Meters, countConnections: () => number): MeterRing {
  const samples: Sample[] = [];
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const readLag = () => (delay.count === 0 ? 0 : Math.max(delay.percentile(99) / 1e6 - resolution, 0));
  const count = (): Totals => {
    const { messages, turnsStarted, turnsEnded } = meters;
    return { at: performance.now(), messages, turnsStarted, turnsEnded: { ...turnsEnded } };
  };
  const measure = (since: Totals, eventLoopLagP99: number, times: Pick<Sample, 'send' | 'turn' | 'firstToken'>) => {
    // Right after the start there was less than a step: the rate must not be what one message in a moment makes of it.
    const seconds = Math.max(performance.now() - since.at, stepMs) / 1_000;
    const ended = Object.entries(meters.turnsEnded) as [Outcome, number][];
    return {
      at: Date.now(),
      connections: countConnections(),
      messagesPerSecond: (meters.messages - since.messages) / seconds,
      turnsStartedPerSecond: (meters.turnsStarted - since.turnsStarted) / seconds,
      turnsEndedPerSecond: Object.fromEntries(
        ended.map(([outcome, total]) => [outcome, (total - since.turnsEnded[outcome]) / seconds]),
      ) as Record<Outcome, number>,
      turnsUnderWay: meters.turnsUnderWay,
      ...times,
      eventLoopLagP99,
      rssBytes: readResidentBytes(),
    };
  };
  let before = count();
  let since = before;
  const timer = setInterval(() => {
    const { sends, turns, firstTokens } = meters;
    const times = { send: sends.turnOver(), turn: turns.turnOver(), firstToken: firstTokens.turnOver() };
    samples.push(measure(since, readLag(), times));
    if (samples.length > mostSamples) samples.shift();
    delay.reset();
    before = since;
    since = count();
  }, stepMs).unref();
  return {
    meters,
    countConnections,
    read() {
      const { sends, turns, firstTokens } = meters;
      const times = { send: sends.read(), turn: turns.read(), firstToken: firstTokens.read() };
      return measure(before, Math.max(readLag(), samples.at(-1)?.eventLoopLagP99 ?? 0), times);
    },
    list: () => samples,
    stop() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
