/** Who it is, at a glance: a letter, and green for agents. The name always stands beside it. */
import styles from './avatar.module.css';

type Props = { name: string; isAgent: boolean; size?: 'normal' | 'large' };

const firstLetter = (name: string): string => {
  for (const letter of name.trimStart()) return letter;
  return '?';
};

export function Avatar({ name, isAgent, size = 'normal' }: Props) {
  return (
    <span className={styles.avatar} data-agent={isAgent} data-size={size} aria-hidden="true">
      {firstLetter(name).toUpperCase()}
    </span>
  );
}
