/** A model that takes no time: an HTTP server that speaks the OpenAI protocol and answers at once, in this process. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const chunk = (choice: object) =>
  `data: ${JSON.stringify({ id: 'x', created: 1, model: 'instant', choices: [choice] })}\n\n`;
const answer = [
  chunk({ index: 0, delta: { role: 'assistant', content: 'In what way?' }, finish_reason: null }),
  chunk({ index: 0, delta: {}, finish_reason: 'stop' }),
  'data: [DONE]\n\n',
].join('');

export async function startInstantModel(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
