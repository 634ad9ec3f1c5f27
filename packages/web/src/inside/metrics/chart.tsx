/** One chart: its figure now, its line of five minutes, and the point that the mouse, a finger or the arrow keys are on. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import styles from './chart.module.css';
import { type ChartPlan, describeHighest, describeLine } from './charts.ts';
import { openPlot, type Plot } from './plot.ts';
import type { Sample } from './use-metrics.ts';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** The line's value of a sample, in words. */
const say = ({ lines }: ChartPlan, sample: Sample) =>
  lines
    .map(({ name, read, format }) => {
      const value = read(sample);
      return `${name} ${value === null ? '–' : format(value)}`;
    })
    .join(', ');

export function Chart({ plan, samples }: { plan: ChartPlan; samples: readonly Sample[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const [point, setPoint] = useState<number | null>(null);
  const id = useId();
  useEffect(() => {
    if (!place.current) return;
    const opened = openPlot(place.current, plan, setPoint);
    plot.current = opened;
    return () => opened.close();
  }, [plan]);
  useEffect(() => plot.current?.show(samples), [samples]);

  const last = samples.length - 1;
  const at = Math.min(point ?? last, last);
  const pointed = samples[at];
  const now = samples[last];
  const [first, ...others] = plan.lines;
  const move = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12 }[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? last : step === undefined ? undefined : at + step;
    if (to === undefined) return;
    event.preventDefault();
    plot.current?.point(Math.min(Math.max(to, 0), last));
  };
  const value = now && first.read(now);
  return (
    <section className={styles.chart} aria-labelledby={`${id}title`} data-chart={plan.name}>
      <header className={styles.head}>
        <h2 id={`${id}title`}>{plan.title}</h2>
        <p className={styles.about}>{plan.about}</p>
      </header>
      <p className={styles.now}>
        <strong>{value === null || value === undefined ? '–' : first.format(value)}</strong>
        {plan.lines.length > 1 && (
          <span className={styles.key} data-colour={first.colour} data-is-dashed={false}>
            {first.name}
          </span>
        )}
        {now &&
          others.map(({ name, read, format, colour, isDashed = false }) => {
            const other = read(now);
            return (
              <span key={name} className={styles.key} data-colour={colour} data-is-dashed={isDashed}>
                {name} <b>{other === null ? '–' : format(other)}</b>
              </span>
            );
          })}
        {now && plan.aside && <span>{plan.aside(now)}</span>}
      </p>
      <div
        className={styles.plot}
        ref={place}
        role="slider"
        tabIndex={0}
        aria-label={`${plan.title}, the last 5 minutes`}
        aria-describedby={`${id}words`}
        aria-valuemin={0}
        aria-valuemax={Math.max(last, 0)}
        aria-valuenow={Math.max(at, 0)}
        aria-valuetext={pointed ? `${clock.format(pointed.at)}: ${say(plan, pointed)}` : 'nothing yet'}
        onKeyDown={move}
        onBlur={() => plot.current?.point(null)}
      />
      <p className={styles.readout} aria-hidden="true">
        {point !== null && pointed
          ? `${clock.format(pointed.at)} · ${say(plan, pointed)}`
          : describeHighest(plan, samples)}
      </p>
      <p className="visually-hidden" id={`${id}words`}>
        {plan.lines.map((line) => describeLine(line, samples)).join('; ')}, in the last 5 minutes.
      </p>
    </section>
  );
}
