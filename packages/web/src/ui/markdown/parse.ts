/** Markdown of GitHub's kind as tokens: tables, task lists, bare links. With `prose.tsx` the one place that knows the library. */
import MarkdownIt, { type Token } from 'markdown-it';

/** Beyond these a text stays as it is: what one message may cost a browser is bounded. */
const mostLetters = 20_000;
const mostNested = 50;
const mostElements = 3_000;
/** A block of code is a figure with a button; it counts as so many elements. */
const elementsOfCode = 15;

const parser = new MarkdownIt({ linkify: true, maxNesting: mostNested });
const webName = /[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?:\/[^\s<>"'()]*[^\s<>"'().,:;!?])?/uy;

// What somebody wrote, as it was written: a name that is encoded because it looks like another one stays encoded.
parser.normalizeLinkText = (text) => text;

parser.linkify.add('//', null).add('www.', {
  validate(text, from) {
    webName.lastIndex = from;
    return webName.exec(text)?.[0].length ?? 0;
  },
  normalize(match) {
    match.url = `https://${match.url}`;
  },
});

/** A task of a list begins with its box. */
parser.core.ruler.push('tasks', ({ tokens, Token }) => {
  for (const [index, token] of tokens.entries()) {
    const isFirst = tokens[index - 1]?.type === 'paragraph_open' && tokens[index - 2]?.type === 'list_item_open';
    const [text] = token.children ?? [];
    const box = isFirst && text?.type === 'text' ? /^\[([ xX])\](?=\s)/.exec(text.content) : null;
    if (!box || !text) continue;
    text.content = text.content.slice(box[0].length);
    const task = new Token('task', 'input', 0);
    task.markup = box[1] ?? ' ';
    token.children?.unshift(task);
  }
});

/** Undefined of a text that is too long, too deep or of too many parts. */
export function parse(text: string): Token[] | undefined {
  if (text.length > mostLetters) return undefined;
  const tokens = parser.parse(text, {});
  return isBounded(tokens) ? tokens : undefined;
}

/** The library leaves out what is deeper than its bound: whatever comes near it is not shown as markdown. */
function isBounded(tokens: readonly Token[]): boolean {
  let depth = 1;
  let elements = 0;
  for (const token of tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
    depth += token.nesting;
    if (token.nesting !== -1 && token.tag !== '') elements += token.tag === 'code' && token.block ? elementsOfCode : 1;
    if (depth >= mostNested || elements > mostElements) return false;
  }
  return true;
}
