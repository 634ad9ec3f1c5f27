/** The sections. A new one is a row here and a route in app.tsx. */
import { Activity, Bot, MessagesSquare, Settings } from 'lucide-react';
import { useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { app } from '../../state/app-state.ts';
import { basePath } from '../../state/base.ts';
import { countUnread } from '../../state/rooms/rooms.ts';
import { useStore } from '../../state/store.ts';
import styles from './rail.module.css';

const sections = [
  { path: '/', also: '/rooms', label: 'Rooms', Icon: MessagesSquare },
  { path: '/agents', also: '/agents', label: 'Agents', Icon: Bot },
  { path: '/inside', also: '/inside', label: 'Look inside', Icon: Activity },
  { path: '/settings', also: '/settings', label: 'Settings', Icon: Settings },
];

export function Rail() {
  const [path] = useLocation();
  const unread = useStore(app, ({ rooms }) => Object.values(rooms).reduce((sum, room) => sum + countUnread(room), 0));
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) elizad` : 'elizad';
  }, [unread]);
  return (
    <nav className={styles.rail} aria-label="Sections">
      <img className={styles.mark} src={`${basePath}/icon.svg`} alt="elizad" width="36" height="36" />
      <ul className={styles.items}>
        {sections.map(({ path: to, also, label, Icon }) => (
          <li key={to} className={to === '/settings' ? styles.last : undefined}>
            <Link
              href={to}
              className={styles.link}
              aria-current={path === to || path.startsWith(also) ? 'page' : undefined}
            >
              <Icon size={22} strokeWidth={1.75} aria-hidden="true" />
              <span>{label}</span>
              {to === '/' && unread > 0 && <span className="visually-hidden">, {unread} unread</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
