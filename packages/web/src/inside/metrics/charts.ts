/** The six charts as data: what each line reads from a sample, and how it says it. */
import type { Sample } from './use-metrics.ts';

export type Line = {
  name: string;
  /** A colour of ui/tokens.css. */
  colour: '--accent' | '--warn' | '--danger' | '--ink-soft';
  isDashed?: boolean;
  /** Has a scale of its own, on the right. */
  isOnRight?: boolean;
  read(sample: Sample): number | null;
  format(value: number): string;
};

export type ChartPlan = {
  name: string;
  title: string;
  about: string;
  /** The first is the one that is shown large. */
  lines: readonly [Line, ...Line[]];
  /** Beside the large figure. */
  aside?: (sample: Sample) => string;
  /** The scale of the left goes up to this much at least, so that little looks little. */
  least: number;
};

const rounded = (value: number, digits: number) =>
  value.toLocaleString(undefined, { maximumFractionDigits: value >= 100 ? 0 : digits });
const count = (value: number) => rounded(value, 0);
const rate = (value: number) => `${rounded(value, 1)}/s`;
export const time = (ms: number) => (ms >= 1_000 ? `${rounded(ms / 1_000, 1)} s` : `${rounded(ms, 1)} ms`);
const memory = (megabytes: number) => `${rounded(megabytes, 0)} MB`;

const all = ({ turnsEndedPerSecond }: Sample) => Object.values(turnsEndedPerSecond).reduce((sum, one) => sum + one, 0);
const failed = ({ turnsEndedPerSecond: ended }: Sample) => ended.failed + ended['timed-out'];

export const charts: readonly ChartPlan[] = [
  {
    name: 'connections',
    title: 'Connections',
    about: 'Connected sockets',
    lines: [{ name: 'connected', colour: '--accent', read: (sample) => sample.connections, format: count }],
    least: 4,
  },
  {
    name: 'messages',
    title: 'Messages',
    about: 'Stored per second, of people and agents',
    lines: [{ name: 'stored', colour: '--accent', read: (sample) => sample.messagesPerSecond, format: rate }],
    least: 1,
  },
  {
    name: 'turns',
    title: 'Turns',
    about: 'Ended per second; failed turns timed out or broke off',
    lines: [
      { name: 'ended', colour: '--accent', read: all, format: rate },
      { name: 'failed', colour: '--danger', isDashed: true, read: failed, format: rate },
    ],
    aside: ({ turnsUnderWay }) => `${count(turnsUnderWay)} under way`,
    least: 1,
  },
  {
    name: 'send',
    title: 'Time of a send',
    about: 'From receiving a message to its acknowledgement',
    lines: [
      { name: 'p50', colour: '--accent', read: ({ send }) => send.p50, format: time },
      { name: 'p99', colour: '--warn', isDashed: true, read: ({ send }) => send.p99, format: time },
    ],
    least: 5,
  },
  {
    name: 'turn',
    title: 'Time of a turn',
    about: 'From the question to its end, and to the first token',
    lines: [
      { name: 'p50', colour: '--accent', read: ({ turn }) => turn.p50, format: time },
      { name: 'p99', colour: '--warn', isDashed: true, read: ({ turn }) => turn.p99, format: time },
      { name: 'first token p50', colour: '--ink-soft', read: ({ firstToken }) => firstToken.p50, format: time },
    ],
    least: 10,
  },
  {
    name: 'process',
    title: 'Memory and lag',
    about: 'Resident memory; event loop delay, p99',
    lines: [
      { name: 'memory', colour: '--accent', read: ({ rssBytes }) => rssBytes / 2 ** 20, format: memory },
      {
        name: 'event loop lag p99',
        colour: '--warn',
        isDashed: true,
        isOnRight: true,
        read: ({ eventLoopLagP99 }) => eventLoopLagP99,
        format: time,
      },
    ],
    least: 100,
  },
];

/** "messages per second: now 12, highest 40": a line in words. */
export function describeLine({ name, read, format }: Line, samples: readonly Sample[]): string {
  const last = samples.at(-1);
  const now = last ? read(last) : null;
  const highest = highestOf({ read }, samples);
  const said = now === null ? 'nothing now' : `now ${format(now)}`;
  return `${name}: ${said}${highest === undefined ? '' : `, highest ${format(highest)}`}`;
}

function highestOf({ read }: Pick<Line, 'read'>, samples: readonly Sample[]): number | undefined {
  const values = samples.flatMap((sample) => read(sample) ?? []);
  return values.length > 0 ? Math.max(...values) : undefined;
}

/** "highest 40", or of each line by its name. */
export function describeHighest({ lines }: ChartPlan, samples: readonly Sample[]): string | undefined {
  const highest = lines.flatMap((line) => {
    const value = highestOf(line, samples);
    return value === undefined ? [] : `${lines.length > 1 ? `${line.name} ` : ''}${line.format(value)}`;
  });
  return highest.length > 0 ? `Highest: ${highest.join(', ')}` : undefined;
}
