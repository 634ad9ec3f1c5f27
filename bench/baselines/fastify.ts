/** What an HTTP request costs with a bare Fastify: one route, one small object. */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { fastify as Fastify } from 'fastify';

// Of the server's package: the bench has none of its own.
const require = createRequire(new URL('../../packages/server/package.json', import.meta.url));
const { fastify } = require('fastify') as { fastify: typeof Fastify };

const app = fastify();
app.get('/', async () => ({ success: true, data: { pong: true, timestamp: Date.now() } }));
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`url http://127.0.0.1:${(app.server.address() as AddressInfo).port}\n`);
