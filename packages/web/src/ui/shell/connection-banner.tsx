/** Says when the server is away, and that nothing is lost by it. */
import { app } from '../../state/app-state.ts';
import { useStore } from '../../state/store.ts';
import styles from './connection-banner.module.css';

export function ConnectionBanner() {
  const connection = useStore(app, (state) => state.connection);
  return (
    <div className={styles.region} role="status">
      {connection === 'offline' && <p className={styles.banner}>Reconnecting… your messages are kept.</p>}
    </div>
  );
}
