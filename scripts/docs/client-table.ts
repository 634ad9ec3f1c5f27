/** packages/client/src/rest-table.ts: name → method, path and, where a file is taken, its field. All that a client needs at run time. */
import { type RestRow, restRows } from 'elizad-protocol/rest';

export function writeClientTable(): string {
  const lines = Object.entries<RestRow>(restRows).map(([name, { method, path, upload }]) => {
    const key = /^[a-z]+$/.test(name) ? name : `'${name}'`;
    return `  ${key}: '${[method, path, ...(upload ? [upload] : [])].join(' ')}',`;
  });
  return [
    '/** The addresses of the HTTP API, made by `npm run docs` from the table of elizad-protocol/rest. Do not edit. */',
    "import type { RestRowName } from 'elizad-protocol/rest';",
    '',
    '/** `method path`, and for a row that takes a file the field that it is in. */',
    'export const restTable: Readonly<Record<RestRowName, string>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}
