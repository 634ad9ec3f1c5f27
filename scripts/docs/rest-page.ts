/** docs/rest.md: the HTTP API as tables, one for each part of it. The server itself describes each field at `/docs`. */
import { describeRow, type RestRow, restDomains, restRows } from 'elizad-protocol/rest';
import { modelErrors, speakerErrors, turnErrors } from '../../packages/protocol/src/rest/rooms/turn-errors.ts';
import { table } from './markdown.ts';
import { restNotes } from './rest-notes.ts';

/** Words in one cell: what needs more belongs to the description of a field, or to rest-notes.ts. */
const maxCellWords = 25;

/** Errors that many rows share; a cell names the group. */
const errorGroups = { speaker: speakerErrors, model: modelErrors, turn: turnErrors } as const;

const listCodes = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ');

const listAddresses = ({ method, path, aliases = [] }: RestRow): string =>
  [`\`${method} ${path}\``, ...aliases.map((alias) => `also \`${alias}\``)].join('<br>');

function listAnswers({ answers, errors }: RestRow): string {
  const shared = Object.entries(errorGroups).filter(([, group]) => group.every((code) => errors.includes(code)));
  const named = new Set<string>(shared.flatMap(([, group]) => group));
  return [
    Object.keys(answers).join(', '),
    ...errors.filter((code) => !named.has(code)).map((code) => `\`${code}\``),
    ...shared.map(([name]) => `*${name}*`),
  ].join('; ');
}

function assertShort(cells: string[]): string[] {
  for (const cell of cells) {
    const count = cell.split(/\s+/).length;
    if (count > maxCellWords) throw new Error(`docs/rest.md: ${count} words, at most ${maxCellWords}: ${cell}`);
  }
  return cells;
}

export function writeRest(): string[] {
  const rows = Object.values<RestRow>(restRows);
  return [
    '# The HTTP API',
    '',
    'A running server describes itself: [`/docs`](http://localhost:3000/docs) is a page with every field and a `curl` command for each route; `/openapi.json` and `/asyncapi.json` are for programs.',
    '',
    'If the server has a key, send it as `X-API-KEY` or `Authorization: Bearer`. `X-Entity-Id` selects the entity that you act as; without it you act as the key holder, who runs the server. An error is `{success: false, error: {code, message, hint}}`; [protocol.md](protocol.md#errors) lists the codes. Any route may also return `invalid-payload`, which names every invalid field, `unauthorized`, `too-many-keys`, `missing-scope`, `too-many-requests` and `internal`.',
    '',
    'The column *key* is the scope that the credential needs; `–` means no key. The column *answers* lists status codes and errors, some of them as groups:',
    '',
    `- *speaker*: ${listCodes(speakerErrors)}`,
    `- *model*: ${listCodes(modelErrors)}`,
    `- *turn*: ${listCodes(turnErrors)}`,
    '',
    ...restDomains.flatMap((domain) => {
      const own = rows.filter((row) => row.domain === domain);
      if (own.length === 0) return [];
      const lines = own.map((row) =>
        assertShort([
          listAddresses(row),
          describeRow(row),
          row.scope === null ? '–' : `\`${row.scope}\``,
          listAnswers(row),
        ]),
      );
      const notes = (restNotes[domain] ?? []).flatMap((note) => [note, '']);
      return [`## ${domain}`, '', ...notes, ...table(['request', 'what it does', 'key', 'answers'], lines)];
    }),
  ];
}
