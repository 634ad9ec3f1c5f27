/**
 * The one table of errors. Every error on a socket, over HTTP or in a turn is a row here.
 * The range of the number says what a client should do:
 *   1000-1999 the request is wrong: fix it, then send it again    2000-2999 not allowed: get permission, then send it again
 *   3000-3999 too much: wait, or send less                        4000-4999 the agent or its model failed: see the hint
 *   5000-5999 the server failed: send it again later, with the same messageId
 */
import { accessErrors } from './errors/access-errors.ts';
import { agentErrors } from './errors/agent-errors.ts';
import { requestErrors } from './errors/request-errors.ts';
import { restErrors } from './errors/rest-errors.ts';

export const errorTable = { ...requestErrors, ...accessErrors, ...agentErrors, ...restErrors } as const;

export type ErrorCode = keyof typeof errorTable;
