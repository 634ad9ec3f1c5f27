/** The instruments. */
import { Link } from 'wouter';
import styles from '../ui/list.module.css';
import { parts } from './parts.ts';

export default function InsideList({ part }: { part?: string }) {
  return (
    <nav aria-label="Look inside">
      <header className={styles.head}>
        <h2>Look inside</h2>
      </header>
      <ul className={styles.items}>
        {parts.map(({ name, title, about }) => (
          <li key={name}>
            <Link href={`/inside/${name}`} className={styles.item} aria-current={name === part ? 'page' : undefined}>
              <span aria-hidden="true" />
              <span>
                <span className={styles.name}>{title}</span>
                <span className={styles.under}>{about}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
