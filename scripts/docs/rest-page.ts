/** docs/rest.md: the HTTP API as tables, one for each part of it. What each field is, the server itself shows at `/docs`. */
import { describeRow, type RestRow, restDomains, restRows } from 'elizad-protocol/rest';
import { table } from './markdown.ts';

const listAddresses = ({ method, path, aliases = [] }: RestRow): string =>
  [`\`${method} ${path}\``, ...aliases.map((alias) => `also \`${alias}\``)].join('<br>');

const listAnswers = ({ answers, errors }: RestRow): string =>
  [Object.keys(answers).join(', '), ...errors.map((code) => `\`${code}\``)].join('; ');

export function writeRest(): string[] {
  const rows = Object.values<RestRow>(restRows);
  return [
    '# The HTTP API',
    '',
    'A running server describes itself: [`/docs`](http://localhost:3000/docs) to read, with every field and a line for `curl`; `/openapi.json` and `/asyncapi.json` for programs.',
    '',
    'Where the server has a key, send it as `X-API-KEY` or `Authorization: Bearer`. `X-Entity-Id` says as whom you ask; without it you are whoever runs the server. An error is `{success: false, error: {code, message, hint}}`; the codes are in [protocol.md](protocol.md#errors). Any route may also answer `invalid-payload`, which names every fault, `unauthorized`, `too-many-keys`, `missing-scope`, `too-many-requests` and `internal`.',
    '',
    '*Key*: what the credential must allow; `–`: nobody is asked.',
    '',
    ...restDomains.flatMap((domain) => {
      const own = rows.filter((row) => row.domain === domain);
      if (own.length === 0) return [];
      const lines = own.map((row) => [
        listAddresses(row),
        describeRow(row),
        row.scope === null ? '–' : `\`${row.scope}\``,
        listAnswers(row),
      ]);
      return [`## ${domain}`, '', ...table(['request', 'what it does', 'key', 'answers'], lines)];
    }),
  ];
}
