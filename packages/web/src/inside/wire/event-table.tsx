/** The events of one socket as they come, newest first: by name, held still, or begun anew. */
import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { readWords } from '../../state/values/names.ts';
import { Button } from '../../ui/button.tsx';
import { mostRows, useWireEvents, type WireRow } from './use-wire-events.ts';
import styles from './wire.module.css';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

const describeAnswer = ({ direction, ack, ms, code }: WireRow): string => {
  if (direction === 'out') return '';
  if (ack === 'refused') return code ?? 'refused';
  const time = ms === undefined ? '' : `, ${ms} ms`;
  return ack === 'none' ? `no ack asked${time}` : `ok${time}`;
};

const describeEmpty = (isListening: boolean, filter: string): string => {
  if (!isListening) return 'Asking for its events…';
  return filter.trim() ? 'No event has this in its name.' : 'No event yet.';
};

const Row = memo(function Row({ row }: { row: WireRow }) {
  const isIn = row.direction === 'in';
  const Arrow = isIn ? ArrowUpRight : ArrowDownLeft;
  return (
    <tr data-refused={row.ack === 'refused'}>
      <td className={styles.time}>{clock.format(row.time)}</td>
      <td>
        <Arrow size={16} aria-hidden="true" />
        <span className="visually-hidden">{isIn ? 'client to server' : 'server to client'}</span>
      </td>
      <td>
        <code>{readWords(row.event)}</code> {row.dialect === 'envelope' && <span className={styles.own}>envelope</span>}
      </td>
      <td title={row.roomId}>{row.roomId && <code>{row.roomId.slice(0, 8)}</code>}</td>
      <td className={styles.number}>{row.bytes}</td>
      <td>{describeAnswer(row)}</td>
    </tr>
  );
});

export function EventTable({ socketId }: { socketId: string }) {
  const { rows, dropped, isListening, clear } = useWireEvents(socketId);
  const [filter, setFilter] = useState('');
  const [held, setHeld] = useState<readonly WireRow[]>();
  const shown = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return (held ?? rows).filter(({ event }) => event.toLowerCase().includes(wanted));
  }, [rows, held, filter]);
  return (
    <section className={styles.events} aria-label="Events">
      <div className={styles.tools}>
        <h2>Events</h2>
        <label>
          <span className="visually-hidden">Show only events with this in their name</span>
          <input
            type="search"
            placeholder="Filter by name"
            value={filter}
            onChange={(e) => setFilter(e.target.value)}
          />
        </label>
        <Button aria-pressed={held !== undefined} onClick={() => setHeld(held ? undefined : rows)}>
          {held ? 'Go on' : 'Pause'}
        </Button>
        <Button
          onClick={() => {
            clear();
            if (held) setHeld([]);
          }}
        >
          Clear
        </Button>
      </div>
      {dropped > 0 && <p className={styles.hint}>{dropped} events came too fast to be shown.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Table of events">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">
                <span className="visually-hidden">Direction</span>
              </th>
              <th scope="col">Event</th>
              <th scope="col">Room</th>
              <th scope="col" className={styles.number}>
                Bytes
              </th>
              <th scope="col">Answer</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className={styles.empty}>{describeEmpty(isListening, filter)}</p>}
      </section>
      <p className={styles.hint}>
        The last {mostRows}, from now on; never what they say. Log entries are left out: they are under Logs.
      </p>
    </section>
  );
}
