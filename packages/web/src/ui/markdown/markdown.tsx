/** What somebody said, as markdown. It becomes elements, never HTML; images of other origins become links. */
import { memo } from 'react';
import styles from './markdown.module.css';
import { Prose } from './prose.tsx';

/** Whether anything in a text could be markdown: most of what people say is not, and need not be parsed. */
const isMarked = (text: string): boolean =>
  /[*_`#[\]<>|~\\&]|:\/\/|www\.|@\w+\.|^\s*(?:[-+]|\d+[.)])\s|\n\s*(?:[-=+]|\d+[.)])/.test(text);

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return <div className={styles.prose}>{isMarked(text) ? <Prose text={text} /> : text !== '' && <p>{text}</p>}</div>;
});
