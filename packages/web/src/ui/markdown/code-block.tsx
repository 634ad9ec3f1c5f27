/** A block of code: its language, a button that copies it, and colours once their library is there. */
import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import styles from './markdown.module.css';

/** Longer ones stay plain: colours are worth no pause. */
const mostColoured = 20_000;
const copiedMs = 1_500;

type Props = { text: string; language?: string | undefined };

export function CodeBlock({ text, language }: Props) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), copiedMs);
  };
  return (
    <figure className={styles.block}>
      <figcaption>
        <span>{language ?? 'text'}</span>
        {navigator.clipboard && (
          <button type="button" onClick={copy} aria-label={isCopied ? 'Copied' : 'Copy the code'}>
            {isCopied ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
          </button>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>
        <code>
          <Coloured text={text} language={language} />
        </code>
      </pre>
    </figure>
  );
}

function Coloured({ text, language }: Props): ReactNode {
  const [colour, setColour] = useState<((text: string, language: string) => ReactNode) | undefined>();
  const isPlain = !language || text.length > mostColoured;
  useEffect(() => {
    if (isPlain) return;
    let isThere = true;
    import('./highlight.ts').then(({ highlight }) => isThere && setColour(() => highlight));
    return () => {
      isThere = false;
    };
  }, [isPlain]);
  return isPlain || !colour ? text : colour(text, language);
}
