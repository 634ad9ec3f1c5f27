/** The agents of the server, those that rest too; new ones, made here or from a file. */
import { Plus } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { refreshAgents } from '../state/agents.ts';
import { app } from '../state/app-state.ts';
import { useStore } from '../state/store.ts';
import { showError } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import styles from '../ui/list.module.css';

const NewAgentDialog = lazy(() => import('./new-agent-dialog.tsx'));

/** Beyond so many they can be sought. */
const manyAgents = 8;

export default function AgentsList({ agentId }: { agentId?: string }) {
  const agents = useStore(app, (state) => state.agents);
  const isLoaded = useStore(app, (state) => state.areAgentsLoaded);
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const [isMaking, setMaking] = useState(false);
  const [sought, setSought] = useState('');
  useEffect(() => {
    if (isOnline) refreshAgents().catch(showError);
  }, [isOnline]);
  const found = agents.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <nav aria-label="Agents">
      <header className={styles.head}>
        <h2>Agents</h2>
        <Button onClick={() => setMaking(true)}>
          <Plus size={16} aria-hidden="true" />
          New agent
        </Button>
      </header>
      {isLoaded && agents.length === 0 && <p className={styles.empty}>No agent is on this server.</p>}
      {agents.length > manyAgents && (
        <input
          className={styles.search}
          type="search"
          aria-label="Find an agent"
          placeholder="Find an agent"
          value={sought}
          onChange={({ target }) => setSought(target.value)}
        />
      )}
      <ul className={styles.items}>
        {found.map(({ id, name, model, status }) => (
          <li key={id}>
            <Link href={`/agents/${id}`} className={styles.item} aria-current={id === agentId ? 'page' : undefined}>
              <Avatar name={name} isAgent />
              <span>
                <span className={styles.name}>{name}</span>
                <span className={styles.under}>{model ?? 'no model'}</span>
              </span>
              <span className={styles.state} data-active={status === 'active'}>
                {status === 'active' ? 'at work' : 'stopped'}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {isMaking && (
        <Suspense>
          <NewAgentDialog onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </nav>
  );
}
