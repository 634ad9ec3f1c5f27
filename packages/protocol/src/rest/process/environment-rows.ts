/** The rows of the server's `.env`. Its values never leave the machine. */
import { z } from 'zod';
import { boundedKeys } from '../../fields.ts';
import { enveloped, type RestRow } from '../rest-row.ts';

/** Stands for every value that is set; sent back, it leaves the value as it is. */
export const hiddenValue = '********';

const mostVariables = 500;
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'expected a name of letters, digits and _, not beginning with a digit');
const variables = boundedKeys(z.record(variableName, z.string().max(32_000)), mostVariables);

const row = {
  path: '/api/system/env/local',
  aliases: ['/api/system/environment/local'],
  domain: 'system',
  scope: 'operate',
} as const;

export const environmentRows = {
  'get-environment': {
    ...row,
    method: 'GET',
    about: `The names of the variables in \`.env\` in the server's working directory. Values that are set show as \`${hiddenValue}\`.`,
    answers: { 200: enveloped(z.record(z.string(), z.string())) },
    errors: [],
  },
  'set-environment': {
    ...row,
    method: 'POST',
    about: `Replaces all variables in that file; \`${hiddenValue}\` keeps a value. The server reads them at its next start. 403 unless ELIZAD_ENV_WRITE is on.`,
    body: z.object({
      content: variables,
    }),
    answers: { 200: enveloped(z.object({ message: z.string() }), { message: z.string() }) },
    errors: ['env-write-off'],
  },
} as const satisfies Record<string, RestRow>;
