/** A text with what is looked for marked in it. */
import type { ReactNode } from 'react';

/** `needle` is in lower case. */
export function Highlighted({ text, needle }: { text: string; needle: string }) {
  if (needle === '') return text;
  const lower = text.toLowerCase();
  // A few characters get longer in lower case: then the places do not fit, and nothing is marked.
  if (lower.length !== text.length) return text;
  const parts: ReactNode[] = [];
  let from = 0;
  for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + needle.length)}</mark>);
    from = at + needle.length;
  }
  return [...parts, text.slice(from)];
}
