/** All that is known of the node that was chosen. */
import { X } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../../ui/button.tsx';
import { CopyJson } from '../../ui/json/copy-json.tsx';
import { JsonTree } from '../../ui/json/json-tree.tsx';
import styles from './world.module.css';
import type { WorldNode } from './world-node.ts';

export function WorldDetail({ node, onClose }: { node: WorldNode; onClose: () => void }) {
  const { kind, id, name, state, value } = node;
  return (
    <section className={styles.detail} aria-label={name}>
      <header className={styles.detailHead}>
        <h2>{name}</h2>
        <Button look="quiet" onClick={onClose} aria-label="Close">
          <X size={16} aria-hidden="true" />
        </Button>
      </header>
      {state && <p className={styles.detailState}>{state}</p>}
      <div className={styles.links}>
        {kind === 'room' && <Link href={`/rooms/${id}`}>Open the room</Link>}
        {kind === 'agent' && <Link href={`/agents/${id}`}>Open the agent</Link>}
        <CopyJson value={value} />
      </div>
      <JsonTree value={value} />
    </section>
  );
}
