/** What an agent does, as it does it: which action, how it stands, and folded what came of it. */
import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react';
import type { RoomMessage } from '../../state/app-state.ts';
import styles from './line.module.css';

const states = {
  executing: { label: 'under way', Icon: LoaderCircle },
  completed: { label: 'done', Icon: CircleCheck },
  failed: { label: 'failed', Icon: CircleAlert },
} as const;
type State = keyof typeof states;

const isState = (value: unknown): value is State => typeof value === 'string' && value in states;

/** Agents of the server say it in `metadata`, those of other programs in `rawMessage`. */
function readCard({ metadata, rawMessage, actions, text }: RoomMessage) {
  const given = { ...rawMessage, ...metadata };
  const { actionStatus, actionResult, actionName } = given as Record<string, unknown>;
  const name = actions[0] ?? (typeof actionName === 'string' ? actionName : text);
  const result = actionResult as { text?: unknown; error?: unknown } | undefined;
  const said = result?.error ?? result?.text;
  return {
    state: isState(actionStatus) ? actionStatus : ('executing' as const),
    name,
    result: typeof said === 'string' ? said : said === undefined ? undefined : JSON.stringify(said, null, 2),
  };
}

export function ActionCard({ message }: { message: RoomMessage }) {
  const { state, name, result } = readCard(message);
  const { label, Icon } = states[state];
  return (
    <div className={styles.card} data-state={state}>
      <p className={styles.deeds}>
        <Icon size={16} aria-hidden="true" className={state === 'executing' ? styles.turning : undefined} />
        <code>{name}</code>
        <span>{label}</span>
      </p>
      {result && (
        <details>
          <summary>{state === 'failed' ? 'Why' : 'What came of it'}</summary>
          <pre>{result}</pre>
        </details>
      )}
    </div>
  );
}
