/** The names that may be called, over the box; the focus stays in the box. */
import { Avatar } from '../../ui/avatar.tsx';
import styles from './composer.module.css';
import type { Mentions } from './use-mentions.ts';

export const mentionListId = 'mention-list';
export const mentionId = (index: number): string => `mention-${index}`;

export function MentionList({ options, active, choose }: Pick<Mentions, 'options' | 'active' | 'choose'>) {
  if (options.length === 0) return null;
  return (
    <div className={styles.mentions} id={mentionListId} role="listbox" aria-label="Who is called">
      {options.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the box takes the keys.
        <div
          key={person.id}
          id={mentionId(index)}
          className={styles.mention}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(person)}
        >
          <Avatar name={person.name} isAgent={person.isAgent} />
          <span>{person.name}</span>
          <span className={styles.kind}>{person.isAgent ? 'agent' : 'person'}</span>
        </div>
      ))}
    </div>
  );
}
