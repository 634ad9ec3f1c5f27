/** What is given with a request, checked against its row. */
import { ElizadError, type Issue } from 'elizad-protocol';
import type { RestRow } from 'elizad-protocol/rest';
import type { z } from 'zod';

type Fault = z.core.$ZodIssue;

/** Faults that are told. */
const mostIssues = 50;

type Fields = Pick<RestRow, 'spellings'>;

/** Parses a value; what is wrong is added to `issues`, each path after `where`. */
export function parseWith(
  schema: z.ZodType | undefined,
  value: unknown,
  issues: Issue[],
  where: string[] = [],
): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  issues.push(
    ...parsed.error.issues
      .slice(0, mostIssues)
      .flatMap(toFaults)
      .map((issue) => ({ path: [...where, ...issue.path].join('.'), message: issue.message })),
  );
  return {};
}

/** Of a value that may have several forms, the faults of the form that it most likely has: the one which it fits furthest. */
function toFaults(issue: Fault): Pick<Fault, 'path' | 'message'>[] {
  if (issue.code !== 'invalid_union') return [issue];
  const depth = (faults: readonly Fault[]) => Math.max(...faults.map(({ path }) => path.length));
  const [nearest] = issue.errors.toSorted((a, b) => depth(b) - depth(a));
  if (!nearest || depth(nearest) === 0) return [issue];
  return nearest.flatMap(toFaults).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
}

/** The fields of a form. Throws `invalid-payload` with every fault. */
export function readFields<S extends z.ZodType>(row: Fields & { body?: S }, given: unknown): z.output<S> {
  const issues: Issue[] = [];
  const fields = parseWith(row.body, respell(row, given), issues);
  if (issues.length > 0) throw new ElizadError('invalid-payload', { issues });
  return fields as z.output<S>;
}

/** Gives fields the names that the row has for them. */
export function respell({ spellings }: Fields, given: unknown): unknown {
  if (!spellings || typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const fields = { ...(given as Record<string, unknown>) };
  for (const [name, others] of Object.entries(spellings)) {
    const other = others.find((one) => fields[one] !== undefined);
    if (fields[name] === undefined && other !== undefined) fields[name] = fields[other];
  }
  return fields;
}
