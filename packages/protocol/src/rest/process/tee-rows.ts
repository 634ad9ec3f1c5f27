/** The rows of trusted execution: what the hardware says of the machine that agents run on. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';

/** Up to 64 bytes, as much as the hardware signs. */
const nonce = z
  .string()
  .regex(/^(0x)?([0-9a-f]{2}){1,64}$/i, 'expected 1 to 64 bytes in hex')
  .transform((text) => text.replace(/^0x/i, '').toLowerCase());

const bytes = z.string().regex(/^[0-9a-f]*$/);

/** `quote` is what verifiers take, in hex; it signs `reportData`. `generation` counts changes of the kernel's report. */
const attestation = z.object({
  provider: z.string(),
  reportData: bytes,
  nonce: bytes.nullable(),
  quote: bytes,
  auxiliary: bytes.optional(),
  generation: z.int().optional(),
  eventLog: z.json().optional(),
});

const teeAgent = <A extends z.ZodType>(shown: A) => z.object({ id: uuid, name: z.string(), attestation: shown });

const errors = ['tee-not-available', 'attestation-failed'] as const;
const row = { method: 'GET', domain: 'tee', scope: 'chat' } as const;
const query = z.object({ nonce: nonce.optional() });

export const teeRows = {
  'get-attestation': {
    ...row,
    path: '/api/tee/attestation',
    about:
      'A hardware report over `nonce` (up to 64 bytes in hex, zero-padded), from Linux (configfs-tsm) or dstack. 501 outside a trusted execution environment.',
    query,
    answers: { 200: enveloped(attestation) },
    errors,
  },
  'list-tee-agents': {
    ...row,
    path: '/api/tee/agents',
    about:
      "Running agents with the `reportData` that an attestation would sign: the SHA-512 of the agent's id (as text) followed by the nonce bytes.",
    answers: {
      200: enveloped(z.object({ agents: z.array(teeAgent(z.object({ provider: z.string(), reportData: bytes }))) })),
    },
    errors,
  },
  'get-tee-agent': {
    ...row,
    path: '/api/tee/agents/:agentId',
    about: 'A running agent with an attestation over its `reportData`.',
    params: idParams('agentId'),
    query,
    answers: { 200: enveloped(teeAgent(attestation)) },
    errors: [...errors, 'agent-not-found'],
  },
} as const satisfies Record<string, RestRow>;
