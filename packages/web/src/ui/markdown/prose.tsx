/** Markdown of GitHub's kind: tables, task lists, bare links. The one place that knows the library. */
import type { ComponentProps } from 'react';
import Parse, { type Components, type ExtraProps } from 'react-markdown';
import gfm from 'remark-gfm';
import { CodeBlock } from './code-block.tsx';
import styles from './markdown.module.css';

const plugins = [gfm];

type Of<T extends 'a' | 'img' | 'pre' | 'table'> = ComponentProps<T> & ExtraProps;

const isOurs = (url: string): boolean => new URL(url, location.href).origin === location.origin;

function Anchor({ href = '', children }: Of<'a'>) {
  return (
    <a href={href} {...(!isOurs(href) && { target: '_blank', rel: 'noreferrer' })}>
      {children}
    </a>
  );
}

/** Nothing is fetched from elsewhere because somebody said so. */
function Picture({ src = '', alt }: Of<'img'>) {
  const url = String(src);
  if (url !== '' && isOurs(url)) return <img src={url} alt={alt ?? ''} loading="lazy" />;
  return <Anchor href={url}>{alt || url || 'image'}</Anchor>;
}

/** A block of code: its text and language are in the element inside. */
function Block({ node }: Of<'pre'>) {
  const [code] = node?.children ?? [];
  if (code?.type !== 'element') return null;
  const [inner] = code.children;
  const text = inner?.type === 'text' ? inner.value : '';
  const name = [code.properties.className].flat().find((one) => String(one).startsWith('language-'));
  return <CodeBlock text={text.replace(/\n$/, '')} language={name && String(name).slice('language-'.length)} />;
}

/** What is too wide scrolls by itself. */
function Table({ children }: Of<'table'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.wide} tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  );
}

const components: Components = { a: Anchor, img: Picture, pre: Block, table: Table };

export function Prose({ text }: { text: string }) {
  return (
    <Parse remarkPlugins={plugins} components={components}>
      {text}
    </Parse>
  );
}
