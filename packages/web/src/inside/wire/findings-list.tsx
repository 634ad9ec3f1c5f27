/** What is wrong, each in a sentence with what to do. Code stands between backticks. */
import { Fragment } from 'react';
import { readWords } from '../../state/values/names.ts';
import { severityNames } from './socket-name.ts';
import type { Finding } from './use-sockets.ts';
import styles from './wire.module.css';

/** Every other piece is code. */
function Sentence({ text }: { text: string }) {
  let at = 0;
  return readWords(text)
    .split('`')
    .map((piece, index) => {
      const key = at;
      at += piece.length + 1;
      return index % 2 === 1 ? <code key={key}>{piece}</code> : <Fragment key={key}>{piece}</Fragment>;
    });
}

export function FindingsList({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p className={styles.well}>The server sees no problems.</p>;
  return (
    <ul className={styles.findings} aria-label="Findings">
      {findings.map(({ id, severity, sentence, hint }) => (
        <li key={id} className={styles.finding} data-severity={severity}>
          <p>
            <strong className={styles.severity}>{severityNames[severity]}</strong> <Sentence text={sentence} />
          </p>
          {hint && (
            <p className={styles.hint}>
              <Sentence text={hint} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
