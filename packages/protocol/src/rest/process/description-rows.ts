/** The rows of the API's own description. */
import { z } from 'zod';
import type { RestRow } from '../rest-row.ts';

export const descriptionRows = {
  'get-openapi': {
    method: 'GET',
    path: '/openapi.json',
    domain: 'system',
    about: 'The HTTP API as OpenAPI 3.1, generated from the table that the server runs on.',
    scope: null,
    answers: { 200: z.looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) }) },
    errors: [],
  },
  'get-asyncapi': {
    method: 'GET',
    path: '/asyncapi.json',
    domain: 'system',
    about: 'The socket events as AsyncAPI 3, generated from the tables that the server runs on.',
    scope: null,
    answers: { 200: z.looseObject({ asyncapi: z.string(), info: z.looseObject({}), channels: z.looseObject({}) }) },
    errors: [],
  },
  'get-docs': {
    method: 'GET',
    path: '/docs',
    domain: 'system',
    about: 'The HTTP API as a page to read.',
    scope: null,
    answers: { 200: 'page' },
    errors: [],
  },
} as const satisfies Record<string, RestRow>;
