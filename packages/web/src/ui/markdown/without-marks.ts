/** Markdown in one line, without its marks; what only looks like one (`snake_case`, `2 * 3`) stays. */

/** Of a longer text only so much is looked at: one line shows less. */
const mostRead = 500;

export const withoutMarks = (text: string): string =>
  text
    .slice(0, mostRead)
    .replace(/^\s*(?:```|~~~).*$/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+)+/gm, '')
    .replace(/(\*\*|\*|~~|`+)(?=\S)([^*~`]*[^*~`\s])\1/g, '$2')
    .replace(/(?<!\w)(__?)(?=\S)([^_]*[^_\s])\1(?!\w)/g, '$2')
    .replace(/\s+/g, ' ')
    .trim();
