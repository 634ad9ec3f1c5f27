/** What an agent does, as it does it: which action, how it stands, and folded what came of it. */
import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react';
import type { RoomMessage } from '../../state/app-state.ts';
import { isRecord } from '../../state/messages/message.ts';
import styles from './line.module.css';

/** In letters. */
const mostOfName = 200;
const mostOfResult = 20_000;

const states = {
  executing: { label: 'under way', Icon: LoaderCircle },
  completed: { label: 'done', Icon: CircleCheck },
  failed: { label: 'failed', Icon: CircleAlert },
} as const;
type State = keyof typeof states;

const isState = (value: unknown): value is State => typeof value === 'string' && Object.hasOwn(states, value);

/** Agents of the server say it in `metadata`, those of other programs in `rawMessage`. */
function readCard({ metadata, rawMessage, actions, text }: RoomMessage) {
  const given: Record<string, unknown> = { ...rawMessage, ...metadata };
  const { actionStatus, actionResult, actionName } = given;
  const name = actions[0] ?? (typeof actionName === 'string' ? actionName : text);
  const result = isRecord(actionResult) ? (actionResult.error ?? actionResult.text) : undefined;
  return {
    state: isState(actionStatus) ? actionStatus : ('executing' as const),
    name: name.slice(0, mostOfName),
    result: result === undefined ? undefined : sayResult(result),
  };
}

function sayResult(result: unknown): string {
  const said = typeof result === 'string' ? result : toJson(result);
  return said.length > mostOfResult ? `${said.slice(0, mostOfResult)}…` : said;
}

/** Of what is too deep to be written down nothing is shown. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return '…';
  }
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
          <summary>{state === 'failed' ? 'Why' : 'Result'}</summary>
          <pre>{result}</pre>
        </details>
      )}
    </div>
  );
}
