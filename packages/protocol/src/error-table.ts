/**
 * The one table of errors. Whatever goes wrong, on a socket, over HTTP or in a turn, is a row here.
 * The number's range is the instruction to a client:
 *   1000-1999 the request is wrong: mend it, then send again      2000-2999 not allowed: get the right, then send again
 *   3000-3999 too much: wait, or send less                        4000-4999 the agent or its model failed: see the hint
 *   5000-5999 the server failed: send again later, with the same messageId
 */
import { accessErrors } from './errors/access-errors.ts';
import { agentErrors } from './errors/agent-errors.ts';
import { requestErrors } from './errors/request-errors.ts';
import { restErrors } from './errors/rest-errors.ts';

export const errorTable = { ...requestErrors, ...accessErrors, ...agentErrors, ...restErrors } as const;

export type ErrorCode = keyof typeof errorTable;
