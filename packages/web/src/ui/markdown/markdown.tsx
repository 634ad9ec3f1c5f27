/** What somebody said, as markdown. It becomes elements, never HTML; images of other origins become links. */
import { memo, type ReactNode } from 'react';
import { withoutPiles } from '../../state/values/names.ts';
import { cutIntoBlocks } from '../../state/values/slow-text.ts';
import styles from './markdown.module.css';
import { parse } from './parse.ts';
import { Prose } from './prose.tsx';

/** Whether anything in a text could be markdown: most of what people say is not, and need not be parsed. */
const isMarked = (text: string): boolean =>
  /[*_`#[\]<>|~\\&]|:\/\/|www\.|@\w+\.|^[ \t]*(?:[-+=]|\d{1,9}[.)])/m.test(text);

function draw(text: string): ReactNode {
  const tokens = isMarked(text) ? parse(text) : undefined;
  if (tokens) return <Prose tokens={tokens} />;
  if (text === '') return null;
  // biome-ignore lint/suspicious/noArrayIndexKey: a block has nothing else.
  return cutIntoBlocks(text).map((block, index) => <p key={index}>{block}</p>);
}

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return <div className={styles.prose}>{draw(withoutPiles(text))}</div>;
});
