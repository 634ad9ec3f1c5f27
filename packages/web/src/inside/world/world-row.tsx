/** One row of the tree. What has just changed lights up for a moment. */
import { Bot, ChevronDown, ChevronRight, Hash, Server, User, Users } from 'lucide-react';
import styles from './world.module.css';
import type { NodeKind, WorldNode } from './world-node.ts';

const icons: Partial<Record<NodeKind, typeof Bot>> = {
  server: Server,
  room: Hash,
  agents: Users,
  agent: Bot,
  person: User,
};
const litMs = 2_000;

type Props = {
  id: string;
  node: WorldNode;
  top: number;
  changedAt: number | undefined;
  isActive: boolean;
  isChosen: boolean;
  onToggle: () => void;
  onChoose: () => void;
};

export function WorldRow({ id, node, top, changedAt, isActive, isChosen, onToggle, onChoose }: Props) {
  const { kind, name, state, depth, isOpen, isBusy } = node;
  const Icon = icons[kind];
  const isLit = changedAt !== undefined && Date.now() - changedAt < litMs;
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys, as the pattern of a tree is.
    <div
      id={id}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      role="treeitem"
      tabIndex={-1}
      aria-level={depth + 1}
      aria-expanded={isOpen}
      aria-selected={isChosen}
      data-kind={kind}
      data-active={isActive || undefined}
      onClick={onChoose}
    >
      {/* Anew with each change, so that its light begins anew. */}
      {isLit && <span key={changedAt} className={styles.light} data-lit aria-hidden="true" />}
      <span className={styles.indent} style={{ width: `${depth * 1.25}rem` }} />
      {isOpen === undefined ? (
        <span className={styles.arrow} />
      ) : (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: for a pointer; the arrow keys do the same.
        <span
          className={styles.arrow}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <Arrow size={16} aria-hidden="true" />
        </span>
      )}
      {Icon && <Icon size={16} aria-hidden="true" />}
      <span className={styles.name}>{name}</span>
      <span className={styles.state} data-busy={isBusy || undefined}>
        {state}
      </span>
    </div>
  );
}
