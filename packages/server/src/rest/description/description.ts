/** The API's description of itself: made with the first request for it, and then kept. */
import type { descriptionRows } from 'elizad-protocol/rest';
import type { FastifyReply } from 'fastify';
import type { RestHandlers } from '../handler.ts';

export const descriptionHandlers: RestHandlers<typeof descriptionRows> = {
  'get-openapi': ({ version }, _request, reply) =>
    sendOnce(reply, 'openapi', 'application/json', async () => {
      const { describeApi } = await import('./openapi.ts');
      return JSON.stringify(await describeApi(version));
    }),
  'get-asyncapi': ({ version }, _request, reply) =>
    sendOnce(reply, 'asyncapi', 'application/json', async () => {
      const { describeSockets } = await import('./asyncapi.ts');
      return JSON.stringify(describeSockets(version));
    }),
  'get-docs': ({ version }, _request, reply) => {
    // Nothing but what is in the page itself: no script, no picture, nothing from elsewhere.
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
    return sendOnce(reply, 'docs', 'text/html', async () => {
      const { writePage } = await import('./page.ts');
      return writePage(version);
    });
  },
};

/** As bytes, which all who ask share: of a text each would hold its own until it has read it. */
const made = new Map<string, Promise<Buffer>>();

async function sendOnce(
  reply: FastifyReply,
  name: string,
  type: string,
  make: () => Promise<string>,
): Promise<FastifyReply> {
  const bytes = made.get(name) ?? make().then(Buffer.from);
  made.set(name, bytes);
  bytes.catch(() => made.delete(name));
  return reply
    .header('cache-control', 'no-cache')
    .type(`${type}; charset=utf-8`)
    .send(await bytes);
}
