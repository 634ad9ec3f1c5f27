/** The table of the HTTP API as a whole: no row hides another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rest from 'elizad-protocol/rest';

const { restRows } = rest;

test('every row of every domain is in the table, under a name of its own', () => {
  const domains = Object.entries(rest).filter(([name]) => name.endsWith('Rows') && name !== 'restRows');
  const named = domains.flatMap(([, rows]) => Object.keys(rows as object));
  assert.equal(new Set(named).size, named.length);
  assert.deepEqual(named.sort(), Object.keys(restRows).sort());
});

test('no two rows have the same method and address', () => {
  const addresses = Object.values<rest.RestRow>(restRows).flatMap(({ method, path, aliases = [] }) =>
    [path, ...aliases].map((one) => `${method} ${one.replace(/:\w+/g, ':')}`),
  );
  assert.deepEqual(
    addresses.filter((one, index) => addresses.indexOf(one) !== index),
    [],
  );
});
