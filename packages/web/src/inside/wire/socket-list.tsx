/** The connected sockets, one of which is looked at. */
import { countFindings, nameDialects, nameSocket, worstOf } from './socket-name.ts';
import type { SocketView } from './use-sockets.ts';
import styles from './wire.module.css';

type Props = {
  sockets: readonly SocketView[];
  /** The socket of this page. */
  ownId: string | undefined;
  chosenId: string | undefined;
  onChoose: (socketId: string) => void;
};

export function SocketList({ sockets, ownId, chosenId, onChoose }: Props) {
  return (
    <ul className={styles.sockets} aria-label="Sockets">
      {sockets.map((socket) => (
        <li key={socket.socketId}>
          <button
            type="button"
            className={styles.socket}
            aria-pressed={socket.socketId === chosenId}
            onClick={() => onChoose(socket.socketId)}
          >
            <span className={styles.name}>
              {nameSocket(socket)} {socket.socketId === ownId && <span className={styles.own}>this page</span>}
            </span>{' '}
            <span className={styles.count} data-severity={worstOf(socket.findings)}>
              {countFindings(socket.findings.length)}
            </span>{' '}
            <span className={styles.under}>
              {socket.transport}, {nameDialects(socket)}, {socket.roomCount} {socket.roomCount === 1 ? 'room' : 'rooms'}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
