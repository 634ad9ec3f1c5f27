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
    'A running server describes itself: [`/docs`](http://localhost:3000/docs) is for people, with every field and an example for `curl`; `/openapi.json` and `/asyncapi.json` are for programs.',
    '',
    'If the server has a key, send it as `X-API-KEY` or `Authorization: Bearer`. `X-Entity-Id` names the person who makes the request; without it, you act as the operator of the server. An error is `{success: false, error: {code, message, hint}}`; [protocol.md](protocol.md#errors) lists the codes. Any route may also answer `invalid-payload`, which lists every mistake, `unauthorized`, `too-many-keys`, `missing-scope`, `too-many-requests` and `internal`.',
    '',
    '*Key*: the scope that the credential needs; `–`: no key is needed.',
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
