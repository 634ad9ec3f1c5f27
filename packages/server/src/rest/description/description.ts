/** The API's description of itself: made with the first request for it, and then kept. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip as gzipBytes } from 'node:zlib';
import type { descriptionRows } from 'elizad-protocol/rest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RestHandlers } from '../http/handler.ts';
import { chooseEncoding, type Encoding } from '../web/web-files.ts';

export const descriptionHandlers: RestHandlers<typeof descriptionRows> = {
  'get-openapi': ({ version, settings: { basePath } }, { raw }, reply) =>
    sendOnce(raw, reply, `openapi ${basePath}`, 'application/json', async () => {
      const { describeApi } = await import('./openapi.ts');
      return JSON.stringify(await describeApi(version, basePath));
    }),
  'get-asyncapi': ({ version, settings: { basePath } }, { raw }, reply) =>
    sendOnce(raw, reply, `asyncapi ${basePath}`, 'application/json', async () => {
      const { describeSockets } = await import('./asyncapi.ts');
      return JSON.stringify(describeSockets(version, basePath));
    }),
  'get-docs': ({ version, settings: { basePath } }, { raw }, reply) => {
    // Nothing but what is in the page itself: no script, no picture, nothing from elsewhere.
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
    return sendOnce(raw, reply, `docs ${basePath}`, 'text/html', async () => {
      const { writePage } = await import('./page.ts');
      return writePage(version, basePath);
    });
  },
};

/** As bytes, which all who ask share: of a text each would hold its own until it has read it. */
type Made = Record<Encoding, Buffer>;
const made = new Map<string, Promise<Made>>();
const encodings: readonly Encoding[] = ['br', 'gzip', 'identity'];

async function sendOnce(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  name: string,
  type: string,
  make: () => Promise<string>,
): Promise<FastifyReply> {
  const bytes = made.get(name) ?? make().then(encode);
  made.set(name, bytes);
  bytes.catch(() => made.delete(name));
  const encoding = chooseEncoding({ encodings }, headers['accept-encoding']);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply
    .headers({
      'cache-control': 'no-cache',
      vary: [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', '),
    })
    .type(`${type}; charset=utf-8`)
    .send((await bytes)[encoding]);
}

/** Off the main thread; good enough in a few ms. */
async function encode(text: string): Promise<Made> {
  const identity = Buffer.from(text);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  const [br, gzip] = await Promise.all([promisify(brotliCompress)(identity, quality), promisify(gzipBytes)(identity)]);
  return { br, gzip, identity };
}
