/** The meters as Prometheus reads them. Nothing is kept here: each scrape reads the plain numbers. Labels are outcomes only. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MeterRing } from './meter-ring.ts';
import { readResidentBytes } from './resident.ts';
import { type Timing, timingBounds } from './timing.ts';

export type Prometheus = { readonly contentType: string; write(): Promise<string> };

export function createPrometheus(ring: MeterRing): Prometheus {
  const { meters } = ring;
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const timing = (name: string, help: string, of: Timing) =>
    registry.registerMetric(new TimingHistogram({ name, help, registers: [] }, of));

  gauge('elizad_connections', 'Connected sockets.', ring.countConnections);
  counter('elizad_messages_total', 'Stored messages.', () => meters.messages);
  counter('elizad_turns_started_total', 'Turns started, including resumed turns.', () => meters.turnsStarted);
  new Counter({
    name: 'elizad_turns_ended_total',
    help: 'Ended turns, by outcome.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, total] of Object.entries(meters.turnsEnded)) {
        // That is how a message ends, never a turn.
        if (outcome !== 'no-agent') this.inc({ outcome }, total);
      }
    },
  });
  gauge('elizad_turns_under_way', 'Turns in progress.', () => meters.turnsUnderWay);
  timing('elizad_send_duration_seconds', 'From receiving a message on a socket to its acknowledgement.', meters.sends);
  timing('elizad_turn_duration_seconds', 'From storing the question to the end of the turn.', meters.turns);
  timing('elizad_first_token_seconds', 'From storing the question to the first token.', meters.firstTokens);
  gauge(
    'elizad_event_loop_lag_p99_seconds',
    'Delay of timers in the last seconds, 99th percentile.',
    () => ring.read().eventLoopLagP99 / 1_000,
  );
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', readResidentBytes);
  counter('process_cpu_seconds_total', 'CPU time, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge(
    'process_start_time_seconds',
    'Start time of the process since the epoch.',
    () => performance.timeOrigin / 1_000,
  );
  return { contentType: registry.contentType, write: () => registry.metrics() };
}

/** The buckets of a timing, which counts by itself. */
class TimingHistogram extends Histogram {
  readonly #configuration: { name: string; help: string };
  readonly #timing: Timing;

  constructor(configuration: { name: string; help: string; registers: Registry[] }, timing: Timing) {
    super(configuration);
    this.#configuration = configuration;
    this.#timing = timing;
  }

  /** What the registry asks for when it writes. */
  getForPromString() {
    const { name, help } = this.#configuration;
    const { buckets, count, sumMs } = this.#timing;
    const metricName = `${name}_bucket`;
    let sum = 0;
    const bounded = timingBounds.map((bound, index) => {
      sum += buckets[index] ?? 0;
      return { metricName, labels: { le: bound / 1_000 }, value: sum };
    });
    const values = [
      ...bounded,
      { metricName, labels: { le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels: {}, value: sumMs / 1_000 },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return { name, help, type: 'histogram', values };
  }
}
