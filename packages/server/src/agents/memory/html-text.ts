/** The text of a page of HTML: blocks become paragraphs, headings become those of Markdown. For reading, not for showing. */

const hidden = ['script', 'style', 'head', 'template', 'noscript', 'svg'];
const blocks = /^(?:p|div|br|li|ul|ol|tr|table|section|article|header|footer|main|nav|pre|blockquote|dd|dt|h[1-6])$/;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Goes through the page once, whatever is left open in it. */
export function toPlainText(html: string): string {
  const lower = html.toLowerCase();
  let text = '';
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    text += html.slice(at, open === -1 ? undefined : open);
    if (open === -1) break;
    const isComment = html.startsWith('<!--', open);
    const close = html.indexOf(isComment ? '-->' : '>', open);
    if (close === -1) break;
    at = close + (isComment ? 3 : 1);
    const [, slash = '', name = ''] = /^<(\/?)([a-z][a-z0-9]*)/.exec(lower.slice(open, open + 20)) ?? [];
    if (slash === '' && hidden.includes(name)) {
      const end = lower.indexOf(`</${name}`, at);
      if (end === -1) break;
      at = end;
    }
    if (blocks.test(name)) text += '\n\n';
    if (slash === '' && /^h[1-6]$/.test(name)) text += `${'#'.repeat(Number(name[1]))} `;
  }
  return text.replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => decode(name) ?? whole);
}

function decode(name: string): string | undefined {
  if (!name.startsWith('#')) return entities[name.toLowerCase()];
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
