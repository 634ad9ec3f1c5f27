/**
 * A model provider on a real socket, which speaks every protocol below `protocols`, streamed.
 * Each request takes the next scripted behaviour, or answers `ok`; nothing here waits for a clock.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicMessages } from './protocols/anthropic-messages.ts';
import { chatCompletions } from './protocols/chat-completions.ts';
import { googleGemini } from './protocols/google-gemini.ts';
import { openaiResponses } from './protocols/openai-responses.ts';
import { type FakeCall, type Finish, splitText } from './protocols/protocol.ts';

const protocols = [chatCompletions, anthropicMessages, openaiResponses, googleGemini];

export type Behaviour =
  /** Says `text` in `chunks` pieces. With `held` each piece, and the end, waits for one `release()`. */
  | { kind: 'answer'; text: string; chunks?: number; reasoning?: string; finish?: Finish; held?: boolean }
  /** Says the first `after` of five pieces, then goes wrong: is silent, drops the socket, ends early, sends rubbish. */
  | { kind: 'break'; how: 'hang' | 'cut' | 'end' | 'malformed' | 'error'; after: number; text?: string; held?: boolean }
  /** Wants something done: the arguments of each call come in pieces. `signature` is of the reasoning. */
  | { kind: 'calls'; calls: FakeCall[]; text?: string; reasoning?: string; signature?: string; held?: boolean }
  /** Answers with a status and an error body in the provider's form, with `more` in its `error`. */
  | { kind: 'refuse'; status: number; message?: string; headers?: Record<string, string>; more?: object }
  /** Takes the request and never answers. */
  | { kind: 'hang' };

export type RecordedRequest = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** Resolves when the socket closes before the answer was whole: the client hung up (or a `cut` was scripted). */
  readonly hungUp: Promise<void>;
};

export type FakeProvider = {
  /** Without `/v1`. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  script(...next: Behaviour[]): void;
  /** The `count`-th request from the beginning, as soon as it is there. */
  arrived(count?: number): Promise<RecordedRequest>;
  /** Lets held answers say their next `count` pieces. */
  release(count?: number): void;
  close(): Promise<void>;
};

/** Opens the provider on a free port of the loopback; whoever opens it closes it. */
export async function openFakeProvider(): Promise<FakeProvider> {
  const requests: RecordedRequest[] = [];
  const scripted: Behaviour[] = [];
  const news = new EventTarget();
  let released = 0;
  // Whoever has hung up takes no release away from the others.
  const takeRelease = async (res: ServerResponse): Promise<void> => {
    while (released === 0 && !res.destroyed) await once(news, 'release');
    if (!res.destroyed) released--;
  };

  const server = createServer(async (req, res) => {
    const body = await readBody(req);
    const { promise: hungUp, resolve } = Promise.withResolvers<void>();
    res.once('close', () => !res.writableFinished && resolve());
    requests.push({ path: req.url ?? '', headers: req.headers, body, hungUp });
    news.dispatchEvent(new Event('request'));
    await behave(scripted.shift() ?? { kind: 'answer', text: 'ok' }, req.url ?? '', res, takeRelease);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...next) => void scripted.push(...next),
    async arrived(count = 1) {
      for (;;) {
        const request = requests[count - 1];
        if (request) return request;
        await once(news, 'request');
      }
    },
    release(count = 1) {
      released += count;
      news.dispatchEvent(new Event('release'));
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const piece of req.setEncoding('utf8')) text += piece;
  return JSON.parse(text || '{}') as Record<string, unknown>;
}

async function behave(
  behaviour: Behaviour,
  path: string,
  res: ServerResponse,
  takeRelease: (res: ServerResponse) => Promise<void>,
): Promise<void> {
  if (behaviour.kind === 'hang') return;
  const protocol = protocols.find(({ matches }) => matches(path));
  if (!protocol) return void res.writeHead(404).end('{}');
  if (behaviour.kind === 'refuse') {
    const { status, message = `refused with ${status}`, headers, more } = behaviour;
    const body = protocol.refusal(status, message) as { error: object };
    res
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ ...body, error: { ...body.error, ...more } }));
    return;
  }
  res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const gate = () => (behaviour.held ? takeRelease(res) : undefined);
  const isBreak = behaviour.kind === 'break';
  const chunks = behaviour.kind === 'answer' ? (behaviour.chunks ?? 1) : 1;
  const text = behaviour.text ?? (behaviour.kind === 'calls' ? '' : 'one two three four five');
  const pieces = splitText(text, isBreak ? 5 : chunks);
  const thought = isBreak
    ? {}
    : { text: behaviour.reasoning, signature: behaviour.kind === 'calls' ? behaviour.signature : undefined };
  await write(res, protocol.open(thought, pieces.length > 0));
  for (const piece of isBreak ? pieces.slice(0, behaviour.after) : pieces) {
    await gate();
    await write(res, [protocol.text(piece)]);
  }
  await gate();
  if (behaviour.kind === 'calls') {
    await write(res, protocol.calls(behaviour.calls, pieces.length > 0, thought));
    res.end();
  } else if (behaviour.kind === 'answer') {
    await write(res, protocol.close(behaviour.finish ?? 'stop', pieces.length > 0));
    res.end();
  } else if (behaviour.how === 'end') res.end();
  else if (behaviour.how === 'cut') res.destroy();
  else if (behaviour.how === 'malformed') await write(res, ['data: {"choices":[{"delta":{"content":"torn\n\n']);
  else if (behaviour.how === 'error') await write(res, [protocol.error()]);
}

async function write(res: ServerResponse, frames: string[]): Promise<void> {
  // The callback, because a `cut` must come after what was said has left.
  await new Promise<void>((resolve) => res.write(frames.join(''), () => resolve()));
}
