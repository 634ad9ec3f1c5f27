/** The world as the server knows it: servers, their rooms, who is in them; and the agents. */
import { ArrowLeft, RefreshCw } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { app } from '../../state/app-state.ts';
import { client } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import { showError } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import page from '../../ui/page.module.css';
import styles from './world.module.css';
import { WorldDetail } from './world-detail.tsx';
import type { WorldNode } from './world-node.ts';
import { listNodes } from './world-tree.ts';
import { WorldTreeView } from './world-tree-view.tsx';
import { type WorldWatch, watchWorld } from './world-watch.ts';

export default function WorldView() {
  const [watch, setWatch] = useState<WorldWatch>();
  useEffect(() => {
    const opened = watchWorld(client(), app.get().entityId);
    setWatch(opened);
    return () => opened.stop();
  }, []);
  return watch ? <Watched watch={watch} /> : null;
}

function Watched({ watch }: { watch: WorldWatch }) {
  const world = useStore(watch.world, (state) => state);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(['agents']));
  const [text, setText] = useState('');
  const [chosenKey, setChosenKey] = useState<string>();
  const needle = useDeferredValue(text.trim().toLowerCase());
  const nodes = useMemo(() => listNodes(world, open, needle), [world, open, needle]);
  const chosen = nodes.find(({ key }) => key === chosenKey);

  function toggle({ key, kind, id }: WorldNode, isOpen: boolean): void {
    const next = new Set(open);
    if (isOpen) next.add(key);
    else next.delete(key);
    setOpen(next);
    if (!isOpen) return;
    if (kind === 'server' && !(id in world.channels)) watch.loadRooms(id).catch(showError);
    if (kind === 'room') watch.loadParticipants(id).catch(showError);
  }

  function choose(node: WorldNode): void {
    if (node.kind === 'more') watch.loadRooms(node.id, true).catch(showError);
    else if (node.kind !== 'note') setChosenKey(node.key);
  }

  return (
    <div className={styles.view}>
      <header className={styles.head}>
        <Link href="/inside" className={page.back}>
          <ArrowLeft size={20} aria-label="Back to Look inside" />
        </Link>
        <h1>World</h1>
        <input
          type="search"
          className={styles.search}
          placeholder="Filter by name or id"
          aria-label="Filter by name or id"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <Button onClick={() => watch.refresh().catch(showError)}>
          <RefreshCw size={16} aria-hidden="true" />
          Refresh
        </Button>
      </header>
      <p className={styles.note}>
        Typing and answers are live in rooms that you are in. The rest is from the last refresh.
      </p>
      <div className={styles.body}>
        {nodes.length > 0 ? (
          <WorldTreeView
            nodes={nodes}
            changedAt={world.changedAt}
            chosenKey={chosenKey}
            onChoose={choose}
            onToggle={toggle}
          />
        ) : (
          <p className={styles.empty}>{world.isLoaded ? 'No loaded item has this name.' : 'Loading…'}</p>
        )}
        {chosen && <WorldDetail node={chosen} onClose={() => setChosenKey(undefined)} />}
      </div>
    </div>
  );
}
