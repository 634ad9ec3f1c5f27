/**
 * Plain English, checked: phrases that a native reader parses twice, each with what to write instead. Reads the pages below the
 * working directory; with `--strings` also the words in the sources that users see, and the pages made from them. Code, and
 * names of tests in quotes, are left as they are. Exit code 1 when it finds one.
 */
import { globSync, readFileSync } from 'node:fs';

/** Only what is wrong wherever it stands: a phrase that also has a good use does not belong here. */
const phrases: readonly { is: RegExp; write: string }[] = [
  { is: /\bshall\b/, write: '"will", "must", or the imperative' },
  { is: /\banew\b/, write: '"again", or "from the beginning"' },
  { is: /\bbut for\b/, write: '"except", or "except for"' },
  { is: /\b(?:is|are|was|were|be|been) (?:not )?told\b/, write: 'an active verb: "the client gets", "the log says"' },
  { is: /\b(?:tell|tells|telling|told) of\b/, write: '"report", "list", or "mention"' },
  {
    is: /\bwhat (?:is|was|were|has been|had been) (?:said|told|acknowledged|missed|sent|stored|given|asked)\b/,
    write: 'the thing itself: "messages", "missed events"',
  },
  { is: /\ball that (?:was|were|has been|had been) \w+ed\b/, write: 'the thing itself: "every stored message"' },
  { is: /\b(?:whoever|whomever)\b/, write: 'a person: "the operator", "anyone who"' },
  { is: /\bmend(?:s|ed|ing)?\b/, write: '"fix", or "correct"' },
  { is: /\b(?:passes|passed|passing) over\b/, write: '"skip", "ignore", or "leave out"' },
  { is: /\b(?:what|where|how) one (?:sees|hears|reads|writes|has to|must|may|can|needs)\b/, write: '"you"' },
  { is: /\b(?:that|which) (?:is|are|was|were) none\b/, write: '"invalid", or "not a"' },
  { is: /\bin the place of\b/, write: '"instead of"' },
];

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/**/*.md', 'packages/*/README.md'];
const sources = [
  'packages/protocol/src/**/*.ts',
  'packages/server/src/{cli,settings}/**/*.ts',
  'packages/server/src/config.ts',
];

const withStrings = process.argv.includes('--strings');
const found = globSync(pages).sort().flatMap(checkPage);
if (withStrings) for (const path of globSync(sources).sort()) found.push(...(await checkStrings(path)));
for (const line of found) console.error(line);
process.exitCode = found.length > 0 ? 1 : 0;

function checkPage(path: string): string[] {
  const page = readFileSync(path, 'utf8');
  const isGenerated = page.startsWith('<!-- Made by');
  return isGenerated && !withStrings ? [] : findPhrases(path, toProse(page), 1);
}

/** Spaces in the place of what is not prose, so that lines keep their numbers. */
function toProse(page: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return (
    page
      .replace(/^```.*?^```/gms, blank)
      .replace(/`[^`\n]+`/g, blank)
      // A test is quoted by its name, behind the link to its file.
      .replace(/(?<=\]\([^)]*\)) "[^"\n]+"/g, blank)
  );
}

async function checkStrings(path: string): Promise<string[]> {
  // Half a second to load, which a check of the pages alone does not need.
  const { default: ts } = await import('typescript');
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const lines: string[] = [];
  const visit = (node: import('typescript').Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      lines.push(...findPhrases(path, toProse(node.text), line + 1));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines;
}

/** In any case, and over the end of a line. */
function findPhrases(path: string, prose: string, firstLine: number): string[] {
  return phrases
    .flatMap(({ is, write }) =>
      Array.from(prose.matchAll(new RegExp(is.source.replaceAll(' ', '\\s+'), 'gi')), ({ 0: words, index }) => ({
        line: firstLine + prose.slice(0, index).split('\n').length - 1,
        text: `"${words.replace(/\s+/g, ' ')}": write ${write}`,
      })),
    )
    .sort((a, b) => a.line - b.line)
    .map(({ line, text }) => `${path}:${line}: ${text}`);
}
