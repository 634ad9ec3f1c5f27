/** A line that cannot be drawn gives way to its plain text; the others stay. */
import type { ReactNode } from 'react';
import { Boundary } from '../../ui/shell/boundary.tsx';
import { Frame } from './frame.tsx';
import styles from './line.module.css';

type Props = {
  /** What is drawn: another one is tried anew. */
  of: unknown;
  name: string;
  text: string;
  children: ReactNode;
};

export function LineBoundary({ of, name, text, children }: Props) {
  return (
    <Boundary
      of={of}
      instead={() => (
        <Frame name={name} isAgent={false} meta="only its text can be shown">
          <p className={styles.plain}>{text}</p>
        </Frame>
      )}
    >
      {children}
    </Boundary>
  );
}
