/** A turn as a waterfall: each stage a bar on the same line of time, with what it was and how long it took in words. */
import { useMemo } from 'react';
import { formatMs, listSpans, type Span, type XrayTurn } from './spans.ts';
import styles from './xray.module.css';

/** A bar is never thinner, so that a millisecond is seen beside a minute; in % of the line. */
const leastPercent = 0.6;

export function Waterfall({ turn, now, until }: { turn: XrayTurn; now: number; until: number }) {
  const spans = useMemo(() => listSpans(turn, now), [turn, now]);
  return (
    <table className={styles.waterfall}>
      <caption className="visually-hidden">The stages of the turn of {turn.agentName}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">When</th>
          <th scope="col">From</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {spans.map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: stages are only ever added at the end.
          <tr key={index} data-kind={span.kind} data-error={span.isError} data-open={span.isOpen}>
            <th scope="row">{span.label}</th>
            <td>
              <Bar span={span} until={until} />
            </td>
            <td>{formatMs(span.from)}</td>
            <td>{span.isOpen ? `${formatMs(span.to - span.from)}…` : formatMs(span.to - span.from)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ span: { from, to }, until }: { span: Span; until: number }) {
  const percent = (ms: number) => (100 * ms) / Math.max(until, 1);
  const width = Math.max(leastPercent, percent(to - from));
  const left = Math.min(percent(from), 100 - width);
  return (
    <div className={styles.line} aria-hidden="true">
      <div className={styles.bar} style={{ left: `${left}%`, width: `${width}%` }} />
    </div>
  );
}
