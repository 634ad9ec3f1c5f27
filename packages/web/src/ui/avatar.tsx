/** Who it is, at a glance: a letter, and green for agents. The name always stands beside it. */
import styles from './avatar.module.css';

type Props = { name: string; isAgent: boolean; size?: 'normal' | 'large' };

export function Avatar({ name, isAgent, size = 'normal' }: Props) {
  return (
    <span className={styles.avatar} data-agent={isAgent} data-size={size} aria-hidden="true">
      {[...name.trim()][0]?.toUpperCase() ?? '?'}
    </span>
  );
}
