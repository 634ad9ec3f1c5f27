/** What is known of a socket, for who wants to see it. */
import { readWords } from '../../state/values/names.ts';
import page from '../../ui/page.module.css';
import { Time } from '../../ui/time.tsx';
import type { SocketView } from './use-sockets.ts';
import styles from './wire.module.css';

const describeCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${readWords(name)} ×${count}`)
    .join(', ') || 'nothing';

export function SocketFacts({ socket }: { socket: SocketView }) {
  return (
    <details className={styles.refused}>
      <summary>Known facts</summary>
      <dl className={page.facts}>
        <dt>Entity</dt>
        <dd>
          <code>{socket.entityId}</code>
          {socket.isAssigned && ' (assigned by the server)'}
        </dd>
        <dt>Connected</dt>
        <dd>
          <Time ms={socket.connectedAt} />, from {socket.address}
        </dd>
        <dt>Client</dt>
        <dd>{readWords(socket.userAgent ?? 'does not say')}</dd>
        <dt>Rooms</dt>
        <dd>{socket.rooms.length > 0 ? socket.rooms.map((id) => id.slice(0, 8)).join(', ') : 'none'}</dd>
        <dt>Sent</dt>
        <dd>{describeCounts(socket.sent)}</dd>
        <dt>Refused</dt>
        <dd>{describeCounts(socket.refused)}</dd>
        <dt>Socket</dt>
        <dd>
          <code>{socket.socketId}</code>
        </dd>
      </dl>
    </details>
  );
}
