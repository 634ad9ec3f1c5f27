/** A model that has something done, and says so when it hears what came of it; whoever asks it again hears the same. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatCompletions } from '../../../packages/server/tests/support/protocols/chat-completions.ts';

/** Wants the action `name` once in each turn. Whoever opens it closes it. */
export async function openActingModel(name: string) {
  const server = createServer(async (req, res) => {
    let text = '';
    for await (const piece of req.setEncoding('utf8')) text += piece;
    const { messages } = JSON.parse(text) as { messages: { role: string }[] };
    const isDone = messages.at(-1)?.role === 'tool';
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const frames = isDone
      ? [chatCompletions.text('Done.'), ...chatCompletions.close('stop', true)]
      : chatCompletions.calls([{ id: 'c1', name, input: {} }], false, {});
    res.end([...chatCompletions.open({}, isDone), ...frames].join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
