/** Of anything that is said, sent or not: who, when, and what. */
import type { ReactNode } from 'react';
import { readKept } from '../../state/kept.ts';
import { Avatar } from '../../ui/avatar.tsx';
import styles from './line.module.css';

type Props = {
  name: string;
  isAgent: boolean;
  meta?: ReactNode;
  state?: 'sending' | 'failed' | 'streaming';
  /** Said by the same one just before: without name and picture. */
  isNext?: boolean;
  /** At the right of the head. */
  tools?: ReactNode;
  children: ReactNode;
};

export const nameMe = (name: string): string => (readKept('name') === undefined ? 'You' : `${name} (you)`);

export function Frame({ name, isAgent, meta, state, isNext = false, tools, children }: Props) {
  return (
    <article className={styles.line} data-agent={isAgent} data-state={state} data-next={isNext} aria-label={name}>
      {isNext ? <span /> : <Avatar name={name} isAgent={isAgent} />}
      <div className={styles.body}>
        <p className={styles.by}>
          <span className={isNext ? 'visually-hidden' : styles.name}>{name}</span>
          <span className={styles.meta}>{meta}</span>
        </p>
        {children}
      </div>
      {tools}
    </article>
  );
}
