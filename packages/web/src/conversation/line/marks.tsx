/** What stands between messages: where a day begins, and where the unread ones do. */
import styles from './line.module.css';

const whole = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

const dayOf = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

export const isSameDay = (one: number | undefined, other: number): boolean =>
  one !== undefined && dayOf(one) === dayOf(other);

export function DayMark({ ms }: { ms: number }) {
  const isToday = isSameDay(Date.now(), ms);
  return (
    <p className={styles.mark}>
      <span>{isToday ? 'Today' : whole.format(ms)}</span>
    </p>
  );
}

export function UnreadMark() {
  return (
    <p className={styles.mark} data-look="unread">
      <span>New</span>
    </p>
  );
}
