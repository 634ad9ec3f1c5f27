/** What is done with an agent as a whole: talk, start and stop, take its character along, delete it. */
import { Download, Play, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { deleteAgent, readAgent, startAgent, stopAgent } from '../state/agents.ts';
import type { Agent } from '../state/app-state.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialogs/confirm.tsx';
import page from '../ui/page.module.css';
import { TalkButton } from '../ui/talk-button.tsx';
import { toDraft } from './character-draft.ts';

/** Without its secrets: of those the server gives the names only. */
async function download(agentId: string): Promise<void> {
  const { secrets: _, ...character } = toDraft(await readAgent(agentId));
  const url = URL.createObjectURL(new Blob([JSON.stringify(character, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${String(character.name).toLowerCase().replace(/\W+/g, '-')}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

export function AgentDeeds({ agent: { id, name, status } }: { agent: Agent }) {
  const [isBusy, setBusy] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const [, navigate] = useLocation();
  const run = async (deed: Promise<void>) => {
    setBusy(true);
    await deed.catch(showError);
    setBusy(false);
  };
  const isActive = status === 'active';
  return (
    <div className={page.row}>
      {isActive && <TalkButton agentId={id} />}
      <Button disabled={isBusy} onClick={() => run(isActive ? stopAgent(id) : startAgent(id))}>
        {isActive ? <Square size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
        {isActive ? 'Stop' : 'Start'}
      </Button>
      <Button onClick={() => download(id).catch(showError)}>
        <Download size={16} aria-hidden="true" />
        Export
      </Button>
      <Button look="quiet" onClick={() => setDeleting(true)}>
        <Trash2 size={16} aria-hidden="true" />
        Delete…
      </Button>
      {isDeleting && (
        <Confirm
          title={`Delete ${name}?`}
          deed="Delete"
          onConfirm={() => run(deleteAgent(id).then(() => navigate('/agents')))}
          onClose={() => setDeleting(false)}
        >
          It is deleted permanently, with its memories. Its messages stay in its rooms.
        </Confirm>
      )}
    </div>
  );
}
