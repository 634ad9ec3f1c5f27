/** Live logs: what the server keeps of its log, and then each line as it is written. */
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import page from '../../ui/page.module.css';
import { followLogs, type LogFollower } from './lines/log-follower.ts';
import type { Line } from './lines/log-line.ts';
import { openLogSource } from './lines/log-source.ts';
import { LogLineDetail } from './log-line-detail.tsx';
import { LogList } from './log-list.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import styles from './logs.module.css';

export default function LogsView() {
  const [follower, setFollower] = useState<LogFollower>();
  useEffect(() => {
    const opened = followLogs(openLogSource());
    setFollower(opened);
    return () => opened.stop();
  }, []);
  return follower ? <Logs follower={follower} /> : null;
}

function Logs({ follower }: { follower: LogFollower }) {
  const version = useSyncExternalStore(follower.subscribe, follower.version);
  const countsVersion = useSyncExternalStore(follower.subscribe, follower.countsVersion);
  const [open, setOpen] = useState<Line>();
  const list = useRef<HTMLDivElement>(null);
  const { book, error, isFilled, heldLost } = follower;
  return (
    <div className={styles.view}>
      <header className={styles.head}>
        <Link href="/inside" className={page.back}>
          <ArrowLeft size={20} aria-label="Back to Look inside" />
        </Link>
        <h1>Logs</h1>
      </header>
      <LogToolbar follower={follower} version={countsVersion} />
      {error && (
        <p className={styles.fault} role="alert">
          {error}
        </p>
      )}
      {book.pushedOut > 0 && (
        <p className={styles.notice}>… {book.pushedOut.toLocaleString()} lines left out: the last 20,000 are shown</p>
      )}
      {heldLost > 0 && (
        <p className={styles.notice}>
          … {heldLost.toLocaleString()} of the waiting lines were too many and are left out
        </p>
      )}
      <LogList
        follower={follower}
        version={version}
        open={open}
        onOpen={setOpen}
        isEmptyFor={isFilled ? (book.total > 0 ? 'filter' : 'quiet') : 'loading'}
        listRef={list}
      />
      {open && (
        <LogLineDetail
          line={open}
          onClose={() => {
            setOpen(undefined);
            list.current?.focus();
          }}
        />
      )}
    </div>
  );
}
