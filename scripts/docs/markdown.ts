/** Tables of the generated pages. */
const escapeCell = (text: string) => text.replaceAll('|', '\\|');

/** A Markdown table, and an empty line after it. */
export const table = (head: string[], rows: string[][]) => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map(escapeCell).join(' | ')} |`),
  '',
];
