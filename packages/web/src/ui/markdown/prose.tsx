/** What was parsed, as elements; of links and pictures only those that may be followed and drawn. */
import type { Token } from 'markdown-it';
import { createElement, Fragment, type ReactNode, useState } from 'react';
import { findHidden, findMedia, isOurs, readAddress, smallOf } from '../../state/values/address.ts';
import { CodeBlock } from './code-block.tsx';
import styles from './markdown.module.css';

/** Where it leads stands in it, when its label says something else. */
function Anchor({ href, label, children }: { href: string; label: string; children?: ReactNode }) {
  const address = readAddress(href);
  if (!address) return children;
  const hidden = findHidden(address, label);
  return (
    <a href={findMedia(href)?.href ?? href} {...(!isOurs(address) && { target: '_blank', rel: 'noreferrer' })}>
      <bdi>{children}</bdi>
      {hidden !== undefined && <bdi className={styles.host}> ({hidden})</bdi>}
    </a>
  );
}

/** Nothing is fetched because somebody said so, but files of this server. */
function Picture({ src, alt }: { src: string; alt: string }) {
  const [isBroken, setBroken] = useState(false);
  const media = findMedia(src);
  if (media && !isBroken) return <img src={smallOf(media)} alt={alt} loading="lazy" onError={() => setBroken(true)} />;
  const label = alt || src || 'image';
  return (
    <Anchor href={src} label={label}>
      {label}
    </Anchor>
  );
}

/** What is too wide scrolls by itself. */
function Table({ children }: { children?: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.wide} tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  );
}

type Element = { of: string | typeof Anchor | typeof Table | typeof Fragment; props?: Record<string, unknown> };

const same = [
  'blockquote',
  'em',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'li',
  'p',
  'strong',
  'tbody',
  'thead',
  'tr',
  'ul',
];

/** What stands round others. Of what is not known only they are drawn. */
function readElement(token: Token, label: () => string): Element {
  const { tag, hidden } = token;
  if (hidden) return { of: Fragment };
  if (same.includes(tag)) return { of: tag };
  if (tag === 's') return { of: 'del' };
  if (tag === 'table') return { of: Table };
  if (tag === 'a') return { of: Anchor, props: { href: token.attrGet('href') ?? '', label: label() } };
  if (tag === 'ol') return { of: 'ol', props: { start: Number(token.attrGet('start') ?? 1) } };
  const align = String(token.attrGet('style') ?? '').split(':')[1];
  if (tag === 'td' || tag === 'th') return { of: tag, props: align ? { style: { textAlign: align } } : {} };
  return { of: Fragment };
}

function drawLeaf(token: Token): ReactNode {
  const { type, content, info, markup } = token;
  switch (type) {
    case 'inline':
      return draw(token.children ?? []);
    case 'fence':
    case 'code_block':
      return <CodeBlock text={content.replace(/\n$/, '')} language={/^\S{1,40}/.exec(info)?.[0]} />;
    case 'code_inline':
      return <code>{content}</code>;
    case 'image':
      return <Picture src={String(token.attrGet('src') ?? '')} alt={content} />;
    case 'task':
      return <input type="checkbox" disabled checked={markup !== ' '} aria-label="Task" />;
    case 'hardbreak':
      return <br />;
    case 'softbreak':
      return '\n';
    case 'hr':
      return <hr />;
    default:
      return content;
  }
}

/** The text of a link that begins there. */
function readLabel(tokens: readonly Token[], begin: number): string {
  let label = '';
  for (let index = begin + 1; tokens[index] && tokens[index]?.type !== 'link_close'; index++)
    label += tokens[index]?.content;
  return label;
}

type Open = Element & { children: ReactNode[] };

const close = ({ of, props = {}, children }: Open): ReactNode => createElement(of as string, props, ...children);

function draw(tokens: readonly Token[]): ReactNode {
  const open: Open[] = [{ of: Fragment, children: [] }];
  for (const [index, token] of tokens.entries()) {
    if (token.nesting === 1) open.push({ ...readElement(token, () => readLabel(tokens, index)), children: [] });
    else {
      const done = token.nesting === -1 ? open.pop() : undefined;
      open.at(-1)?.children.push(done ? close(done) : drawLeaf(token));
    }
  }
  return open[0] && close(open[0]);
}

export const Prose = ({ tokens }: { tokens: readonly Token[] }): ReactNode => draw(tokens);
