/** A line as the view keeps it. */
import type { WireOutPayload } from 'elizad-client';
import { isMoment } from '../../../state/values/moment.ts';
import { readName } from '../../../state/values/names.ts';
import { type LevelWord, wordLevel } from './log-levels.ts';

export type Entry = WireOutPayload<'logEntry'>;

export type Line = {
  /** Ascends by one with each line of this view. */
  id: number;
  entry: Entry;
  word: LevelWord;
  /** What the text filter looks in. */
  haystack: string;
  /** Says that lines are not here; it is no line of the log. */
  isGap: boolean;
};

export type LogFilter = { text: string; agent: string; hidden: ReadonlySet<LevelWord> };

export const sourceOf = ({ agentName }: Entry): string => agentName ?? 'server';

/** What a line is of may have written anything into it. */
function toEntry(given: Entry): Entry {
  const { level, time, msg, agentName } = given;
  return {
    ...given,
    level: Number.isFinite(level) ? level : 30,
    time: isMoment(time) ? time : 0,
    msg: String(msg ?? ''),
    ...(agentName !== undefined && { agentName: readName(agentName, 'agent') }),
  };
}

export function toLine(id: number, given: Entry, isGap = false): Line {
  const entry = toEntry(given);
  const haystack = `${sourceOf(entry)} ${entry.msg}`.toLowerCase();
  return { id, entry, word: wordLevel(entry.level), haystack, isGap };
}

/** `text` is in lower case. */
export function passes({ isGap, word, entry, haystack }: Line, { text, agent, hidden }: LogFilter): boolean {
  if (isGap) return true;
  if (hidden.has(word) || (agent !== '' && sourceOf(entry) !== agent)) return false;
  return text === '' || haystack.includes(text);
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
let lastMs = -1;
let lastText = '';

/** With milliseconds. Lines come many to one moment, and formatting is what costs most in drawing them. */
export function formatTime(ms: number): string {
  if (ms === lastMs) return lastText;
  lastMs = ms;
  lastText = clock.format(ms);
  return lastText;
}
