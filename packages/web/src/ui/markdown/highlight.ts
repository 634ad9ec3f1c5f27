/** Colours of code, as elements with the classes of highlight.js; loaded with the first block. */
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { common, createLowlight } from 'lowlight';
import type { ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';

const languages = createLowlight(common);

/** The text as it is, where the language is not known. */
export function highlight(text: string, language: string): ReactNode {
  if (!languages.registered(language)) return text;
  return toJsxRuntime(languages.highlight(language, text), { Fragment, jsx, jsxs });
}
