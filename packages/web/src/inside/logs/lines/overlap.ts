/** Lines come on two ways, kept ones over HTTP and new ones over the socket: those that came on both count once. */
import type { Entry } from './log-line.ts';

const keyOf = ({ time, level, msg, agentId }: Entry): string => `${time} ${level} ${agentId ?? ''} ${msg}`;

/** Of `entries`, those that are not among `known`; the same line written twice counts twice. */
export function withoutKnown(entries: readonly Entry[], known: readonly Entry[]): Entry[] {
  const left = new Map<string, number>();
  for (const entry of known) left.set(keyOf(entry), (left.get(keyOf(entry)) ?? 0) + 1);
  return entries.filter((entry) => {
    const times = left.get(keyOf(entry)) ?? 0;
    if (times > 0) left.set(keyOf(entry), times - 1);
    return times === 0;
  });
}
