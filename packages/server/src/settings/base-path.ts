/** Under which path of its host the server is. */
import { z } from 'zod';

/** What the addresses of the server itself begin with: under such a path a proxy could not tell one from the other. */
export const ownAddresses: readonly string[] = [
  'api',
  'assets',
  'asyncapi.json',
  'docs',
  'health',
  'healthz',
  'media',
  'metrics',
  'openapi.json',
  'readyz',
  'socket.io',
  'v1',
  'websocket',
];

const isPath = (path: string): boolean =>
  path === '' || (/^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/.test(path) && !ownAddresses.includes(path.split('/')[1] ?? ''));

const longest = 200;

/** Empty at the root, else as `/eliza`, without a slash at its end. */
export const basePath = z
  .string()
  .max(longest)
  .default('/')
  .transform((path) => path.replace(/\/$/, ''))
  .refine(isPath);
