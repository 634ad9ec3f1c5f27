/** One agent: what answers for it, its whole character to be changed, and a room beside it to try it in. */
import { ArrowLeft } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { type Agent, app } from '../state/app-state.ts';
import { useStore } from '../state/store.ts';
import { Avatar } from '../ui/avatar.tsx';
import page from '../ui/page.module.css';
import { AgentDeeds } from './agent-deeds.tsx';
import styles from './agents.module.css';
import { CharacterForm } from './character-form.tsx';
import { useCharacter } from './use-character.ts';

const TryAgent = lazy(() => import('./try-agent.tsx'));

export default function AgentView({ agentId }: { agentId?: string }) {
  const agent = useStore(app, ({ agents }) => agents.find(({ id }) => id === agentId));
  const isLoaded = useStore(app, (state) => state.areAgentsLoaded);
  if (agent) return <Found key={agent.id} agent={agent} />;
  const text =
    agentId && isLoaded ? 'No such agent is on this server.' : 'Choose an agent to see who it is, and to change it.';
  return (
    <div className={page.page}>
      <h1>Agents</h1>
      <p className={page.lead}>{text}</p>
    </div>
  );
}

function Found({ agent }: { agent: Agent }) {
  const { id, name, model, status, tools = [] } = agent;
  const { draft, faults, isChanged, isSaving, change, discard, save } = useCharacter(id);
  /** Another one is another room: what was said before a change does not colour what is said after it. */
  const [round, setRound] = useState(0);
  const saveAndTry = async () => {
    if (await save()) setRound(round + 1);
  };
  return (
    <article className={styles.view}>
      <header className={styles.head}>
        <Link href="/agents" className={page.back}>
          <ArrowLeft size={20} aria-label="Back to the agents" />
        </Link>
        <Avatar name={name} isAgent size="large" />
        <div>
          <h1>{name}</h1>
          <p className={page.note}>
            {status === 'active' ? 'At work' : 'Stopped'} · {model ? <code>{model}</code> : 'no model'}
            {tools.length > 0 && ` · ${tools.map((tool) => `${tool.name} (${tool.state})`).join(', ')}`}
          </p>
        </div>
        <AgentDeeds agent={agent} />
      </header>
      {draft && (
        <CharacterForm
          draft={draft}
          faults={faults}
          isChanged={isChanged}
          isSaving={isSaving}
          onChange={change}
          onSave={save}
          onDiscard={discard}
        />
      )}
      <Suspense>
        <TryAgent
          key={round}
          agent={agent}
          isChanged={isChanged}
          onSaveAndTry={saveAndTry}
          onAgain={() => setRound(round + 1)}
        />
      </Suspense>
    </article>
  );
}
