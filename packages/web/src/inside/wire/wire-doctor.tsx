/** The wire doctor: who is connected, what is wrong with each client, and its events as they come. */
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { app } from '../../state/app-state.ts';
import { client } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import page from '../../ui/page.module.css';
import { EventTable } from './event-table.tsx';
import { FindingsList } from './findings-list.tsx';
import { SocketFacts } from './socket-facts.tsx';
import { SocketList } from './socket-list.tsx';
import { nameSocket } from './socket-name.ts';
import { useSockets } from './use-sockets.ts';
import styles from './wire.module.css';

export default function WireDoctor() {
  // Drawn again when the connection changes: a new one may have another id.
  useStore(app, (state) => state.connection);
  const { list, error } = useSockets();
  const [chosenId, choose] = useState<string>();
  const ownId = client().socket.id;
  const { sockets = [], refused = [], total = 0 } = list ?? {};
  const chosen = sockets.find(({ socketId }) => socketId === chosenId);
  return (
    <div className={styles.doctor}>
      <header>
        <Link href="/inside" className={page.back}>
          <ArrowLeft size={20} aria-label="Back to Look inside" />
        </Link>
        <h1>Wire doctor</h1>
        <p className={page.note}>
          {list ? `${total} connected. ` : ''}Select a socket to see the mistakes of its client and its events.
        </p>
        {error && <p className={styles.error}>{error.message}</p>}
      </header>
      <SocketList sockets={sockets} ownId={ownId} chosenId={chosenId} onChoose={choose} />
      {refused.length > 0 && (
        <details className={styles.refused}>
          <summary>Connections that were refused ({refused.length})</summary>
          <FindingsList
            findings={refused.map(({ time, code, address, count, sentence, hint }) => ({
              id: `${code} ${address} ${time}`,
              severity: 'fault',
              sentence: `${sentence} From ${address}${count > 1 ? `, ${count} times` : ''}.`,
              hint,
            }))}
          />
        </details>
      )}
      {chosenId !== undefined && (
        <>
          <section className={styles.chosen} aria-label="Chosen socket">
            <h2>{chosen ? nameSocket(chosen) : 'It has disconnected'}</h2>
            {chosen ? (
              <>
                <FindingsList findings={chosen.findings} />
                <SocketFacts socket={chosen} />
              </>
            ) : (
              <p className={styles.hint}>A client that reconnects has a new socket: select it above.</p>
            )}
          </section>
          <EventTable key={chosenId} socketId={chosenId} />
        </>
      )}
    </div>
  );
}
