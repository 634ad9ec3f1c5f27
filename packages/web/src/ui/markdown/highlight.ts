/** Colours of code, as elements with the classes of highlight.js; loaded with the first block. */
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { common, createLowlight } from 'lowlight';
import type { ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';

const languages = createLowlight(common);

/** Of what stands in each other in code, a string in a string; a page cannot hold any depth. */
const mostNested = 50;

type Tree = ReturnType<typeof languages.highlight>;

/** The text as it is, where the language is not known, or too much of it stands in each other. */
export function highlight(text: string, language: string): ReactNode {
  if (!languages.registered(language)) return text;
  const tree = languages.highlight(language, text);
  return isDeep(tree) ? text : toJsxRuntime(tree, { Fragment, jsx, jsxs });
}

function isDeep(tree: Tree): boolean {
  let level: Tree['children'] = tree.children;
  for (let depth = 0; depth < mostNested; depth++) {
    if (level.length === 0) return false;
    level = level.flatMap((node) => (node.type === 'element' ? node.children : []));
  }
  return true;
}
