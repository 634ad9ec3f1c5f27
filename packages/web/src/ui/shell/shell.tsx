/** The frame of every view: the rail of sections, the list of one, and what was chosen from it. On a phone one of the two. */
import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { Toasts } from '../dialogs/toasts.tsx';
import { ViewBoundary } from './boundary.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Rail } from './rail.tsx';
import styles from './shell.module.css';

type Props = {
  /** Of the section; left out where it has only one view. */
  list?: ReactNode;
  main: ReactNode;
  /** What a phone shows. */
  shows: 'list' | 'main';
};

const loading = <p className={styles.loading}>Loading…</p>;

export function Shell({ list, main, shows }: Props) {
  const [path] = useLocation();
  const mainElement = useRef<HTMLElement>(null);
  const lastPath = useRef(path);
  useEffect(() => {
    // Who follows a link by ear is told where they are; not at the first load, which begins at the top.
    if (lastPath.current !== path) mainElement.current?.focus();
    lastPath.current = path;
  }, [path]);
  return (
    <div className={styles.shell} data-shows={shows} data-alone={list === undefined}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <ConnectionBanner />
      <Rail />
      {list !== undefined && (
        <section className={styles.list} aria-label="List">
          <ViewBoundary of={path} name="The list">
            <Suspense fallback={loading}>{list}</Suspense>
          </ViewBoundary>
        </section>
      )}
      <main className={styles.main} id="main" tabIndex={-1} ref={mainElement}>
        <ViewBoundary of={path} name="This view">
          <Suspense fallback={loading}>{main}</Suspense>
        </ViewBoundary>
      </main>
      <Toasts />
    </div>
  );
}
