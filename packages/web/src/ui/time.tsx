/** A moment as people say it; the whole of it for who looks closer. */
import { isMoment } from '../state/values/moment.ts';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

const dayMs = 24 * 3_600_000;

export function Time({ ms }: { ms: number }) {
  if (!isMoment(ms)) return <span>no known time</span>;
  const at = new Date(ms);
  const isRecent = Math.abs(Date.now() - ms) < dayMs;
  return (
    <time dateTime={at.toISOString()} title={whole.format(at)}>
      {isRecent ? clock.format(at) : date.format(at)}
    </time>
  );
}
