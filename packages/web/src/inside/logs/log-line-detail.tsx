/** All of one line: its fields as a tree, and the same as JSON to take away. */
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyJson } from '../../ui/json/copy-json.tsx';
import { JsonTree } from '../../ui/json/json-tree.tsx';
import type { Line } from './lines/log-line.ts';
import styles from './logs.module.css';

export function LogLineDetail({ line: { entry, word }, onClose }: { line: Line; onClose: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each line that is opened is read from its title.
  useEffect(() => title.current?.focus(), [entry]);
  const { level, time, ...rest } = entry;
  return (
    <section
      className={styles.detail}
      aria-label="The line"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose();
      }}
    >
      <header className={styles.detailHead}>
        <h2 ref={title} tabIndex={-1}>
          The line
        </h2>
        <CopyJson value={entry} />
        <Button look="quiet" onClick={onClose} aria-label="Close the line">
          <X size={16} aria-hidden="true" />
        </Button>
      </header>
      <div className={styles.fields}>
        <JsonTree value={{ time: new Date(time).toISOString(), level: `${word} (${level})`, ...rest }} />
      </div>
    </section>
  );
}
