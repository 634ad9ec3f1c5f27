/** The tree itself, as the pattern of a tree is: arrows move and open, Enter chooses. Only the rows on the screen are drawn. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef, useState } from 'react';
import styles from './world.module.css';
import type { WorldNode } from './world-node.ts';
import { WorldRow } from './world-row.tsx';

const rowHeight = 34;

type Props = {
  nodes: readonly WorldNode[];
  changedAt: Readonly<Record<string, number>>;
  chosenKey: string | undefined;
  onChoose: (node: WorldNode) => void;
  onToggle: (node: WorldNode, isOpen: boolean) => void;
};

export function WorldTreeView({ nodes, changedAt, chosenKey, onChoose, onToggle }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string>();
  const active = nodes.findIndex(({ key }) => key === activeKey);
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    getItemKey: (index) => nodes[index]?.key ?? index,
  });

  function moveTo(index: number): void {
    const place = Math.max(0, Math.min(nodes.length - 1, index));
    setActiveKey(nodes[place]?.key);
    virtual.scrollToIndex(place);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const node = nodes[active];
    const page = Math.floor((element.current?.clientHeight ?? 0) / rowHeight);
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: nodes.length - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) moveTo(target);
    else if (!node) return;
    else if (event.key === 'ArrowRight') {
      if (node.isOpen === false) onToggle(node, true);
      else if (node.isOpen) moveTo(active + 1);
    } else if (event.key === 'ArrowLeft') {
      if (node.isOpen) onToggle(node, false);
      else if (node.parent) moveTo(nodes.findIndex(({ key }) => key === node.parent));
    } else if (event.key === 'Enter' || event.key === ' ') onChoose(node);
    else return;
    event.preventDefault();
  }

  return (
    <div
      ref={element}
      className={styles.tree}
      role="tree"
      aria-label="World"
      tabIndex={0}
      aria-activedescendant={active === -1 ? undefined : idOf(activeKey)}
      onKeyDown={onKeyDown}
      onFocus={() => active === -1 && setActiveKey(nodes[0]?.key)}
    >
      <div role="presentation" className={styles.canvas} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const node = nodes[index];
          return (
            node && (
              <WorldRow
                key={key}
                id={idOf(node.key)}
                node={node}
                top={start}
                changedAt={changedAt[node.id]}
                isActive={index === active}
                isChosen={node.key === chosenKey}
                onToggle={() => onToggle(node, !node.isOpen)}
                onChoose={() => {
                  setActiveKey(node.key);
                  onChoose(node);
                }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

const idOf = (key: string | undefined): string => `world-${key?.replaceAll(' ', '-')}`;
