/** How the server does, now and in the last five minutes: six charts. */
import { ArrowLeft } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import page from '../../ui/page.module.css';
import { Chart } from './chart.tsx';
import { charts } from './charts.ts';
import styles from './metrics-view.module.css';
import { useMetrics } from './use-metrics.ts';

export default function MetricsView() {
  const { metrics, failure } = useMetrics();
  const samples = useMemo(() => (metrics ? [...metrics.ring, metrics.now] : []), [metrics]);
  const isQuiet = samples.length > 0 && samples.every(({ messagesPerSecond }) => messagesPerSecond === 0);
  return (
    <div className={styles.view}>
      <header className={styles.head}>
        <Link href="/inside" className={page.back}>
          <ArrowLeft size={20} aria-label="Back to Look inside" />
        </Link>
        <h1>Metrics</h1>
        <p className={page.note}>
          The last 5 minutes of this server, every 5 seconds. For Prometheus: <code>/metrics</code>
        </p>
      </header>
      {failure && (
        <p className={styles.failure} role="alert">
          {failure.text} {failure.hint}
        </p>
      )}
      {isQuiet && (
        <p className={styles.quiet}>
          Nothing was said in the last 5 minutes. Say something in a <Link href="/">room</Link>, and the lines move.
        </p>
      )}
      {metrics ? (
        <div className={styles.charts}>
          {charts.map((plan) => (
            <Chart key={plan.name} plan={plan} samples={samples} />
          ))}
        </div>
      ) : (
        !failure && <p className={page.note}>Loading…</p>
      )}
    </div>
  );
}
