/**
 * A model provider on a real socket: OpenAI chat completions, OpenAI responses and Anthropic messages, streamed.
 * Each request takes the next scripted behaviour, or answers `ok`; nothing here waits for a clock.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Finish = 'stop' | 'length' | 'content-filter';

export type FakeCall = { id: string; name: string; input: object };

export type Behaviour =
  /** Says `text` in `chunks` pieces. With `held` each piece, and the end, waits for one `release()`. */
  | { kind: 'answer'; text: string; chunks?: number; reasoning?: string; finish?: Finish; held?: boolean }
  /** Says the first `after` of five pieces, then goes wrong: is silent, drops the socket, ends early, sends rubbish. */
  | { kind: 'break'; how: 'hang' | 'cut' | 'end' | 'malformed' | 'error'; after: number; text?: string; held?: boolean }
  /** Wants something done: the arguments of each call come in pieces. */
  | { kind: 'calls'; calls: FakeCall[]; text?: string; reasoning?: string; held?: boolean }
  /** Answers with a status and an error body in the provider's form. */
  | { kind: 'refuse'; status: number; message?: string; headers?: Record<string, string> }
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
  const takeRelease = async (): Promise<void> => {
    while (released === 0) await once(news, 'release');
    released--;
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
  takeRelease: () => Promise<void>,
): Promise<void> {
  if (behaviour.kind === 'hang') return;
  if (behaviour.kind === 'refuse') {
    const { status, message = `refused with ${status}`, headers } = behaviour;
    const error = { type: 'fake_error', message, code: null };
    res
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ type: 'error', error }));
    return;
  }
  const dialect = dialects.find(({ ending }) => path.endsWith(ending));
  if (!dialect) return void res.writeHead(404).end('{}');
  res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const gate = behaviour.held ? takeRelease : () => undefined;
  const isBreak = behaviour.kind === 'break';
  const chunks = behaviour.kind === 'answer' ? (behaviour.chunks ?? 1) : 1;
  const text = behaviour.text ?? (behaviour.kind === 'calls' ? '' : 'one two three four five');
  const pieces = splitText(text, isBreak ? 5 : chunks);
  const reasoning = isBreak ? undefined : behaviour.reasoning;
  await write(res, dialect.open(reasoning, pieces.length > 0));
  for (const piece of isBreak ? pieces.slice(0, behaviour.after) : pieces) {
    await gate();
    await write(res, [dialect.text(piece)]);
  }
  await gate();
  if (behaviour.kind === 'calls') {
    await write(res, dialect.calls(behaviour.calls, pieces.length > 0));
    res.end();
  } else if (behaviour.kind === 'answer') {
    await write(res, dialect.close(behaviour.finish ?? 'stop', pieces.length > 0));
    res.end();
  } else if (behaviour.how === 'end') res.end();
  else if (behaviour.how === 'cut') res.destroy();
  else if (behaviour.how === 'malformed') await write(res, ['data: {"choices":[{"delta":{"content":"torn\n\n']);
  else if (behaviour.how === 'error') await write(res, [dialect.error()]);
}

function splitText(text: string, chunks: number): string[] {
  const size = Math.ceil(text.length / chunks) || 1;
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}

async function write(res: ServerResponse, frames: string[]): Promise<void> {
  // The callback, because a `cut` must come after what was said has left.
  await new Promise<void>((resolve) => res.write(frames.join(''), () => resolve()));
}

type Dialect = {
  ending: string;
  open(reasoning: string | undefined, hasText: boolean): string[];
  text(piece: string): string;
  close(finish: Finish, hasText: boolean): string[];
  /** The end of an answer that wants something done. */
  calls(calls: readonly FakeCall[], hasText: boolean): string[];
  error(): string;
};

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const event = (type: string, rest: object = {}): string => `event: ${type}\n${frame({ type, ...rest })}`;
const overloaded = { type: 'overloaded_error', message: 'Overloaded', code: 503 };

const chunk = (delta: object, finish: string | null = null): string =>
  frame({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'fake',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

const chatEnd = [
  frame({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'fake',
    choices: [],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  }),
  'data: [DONE]\n\n',
];

const chatCompletions: Dialect = {
  ending: '/chat/completions',
  open: (reasoning) => [
    chunk({ role: 'assistant', content: '' }),
    ...(reasoning ? [chunk({ reasoning_content: reasoning })] : []),
  ],
  text: (piece) => chunk({ content: piece }),
  calls: (calls) => [
    ...calls.flatMap(({ id, name, input }, index) => [
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
      ...splitText(JSON.stringify(input), 3).map((piece) =>
        chunk({ tool_calls: [{ index, function: { arguments: piece } }] }),
      ),
    ]),
    chunk({}, 'tool_calls'),
    ...chatEnd,
  ],
  close: (finish) => [chunk({}, finish === 'content-filter' ? 'content_filter' : finish), ...chatEnd],
  error: () => frame({ error: overloaded }),
};

const anthropicReasons = { stop: 'end_turn', length: 'max_tokens', 'content-filter': 'refusal' };

const messages: Dialect = {
  ending: '/messages',
  open: (reasoning, hasText) => [
    event('message_start', {
      message: {
        id: 'm1',
        type: 'message',
        role: 'assistant',
        model: 'fake',
        content: [],
        usage: { input_tokens: 7, output_tokens: 0 },
      },
    }),
    ...(reasoning
      ? [
          event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '' } }),
          event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: reasoning } }),
          event('content_block_stop', { index: 0 }),
        ]
      : []),
    ...(hasText ? [event('content_block_start', { index: 1, content_block: { type: 'text', text: '' } })] : []),
  ],
  text: (piece) => event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: piece } }),
  calls: (calls, hasText) => [
    ...(hasText ? [event('content_block_stop', { index: 1 })] : []),
    ...calls.flatMap(({ id, name, input }, at) => [
      event('content_block_start', { index: at + 2, content_block: { type: 'tool_use', id, name, input: {} } }),
      ...splitText(JSON.stringify(input), 3).map((partial_json) =>
        event('content_block_delta', { index: at + 2, delta: { type: 'input_json_delta', partial_json } }),
      ),
      event('content_block_stop', { index: at + 2 }),
    ]),
    event('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 3 } }),
    event('message_stop'),
  ],
  close: (finish, hasText) => [
    ...(hasText ? [event('content_block_stop', { index: 1 })] : []),
    event('message_delta', {
      delta: { stop_reason: anthropicReasons[finish], stop_sequence: null },
      usage: { output_tokens: 3 },
    }),
    event('message_stop'),
  ],
  error: () => event('error', { error: { type: overloaded.type, message: overloaded.message } }),
};

const response = { id: 'r1', created_at: 1, model: 'fake' };
const incomplete = { length: 'max_output_tokens', 'content-filter': 'content_filter' };

const responses: Dialect = {
  ending: '/responses',
  open: (reasoning, hasText) => [
    event('response.created', { response }),
    ...(reasoning
      ? [
          event('response.output_item.added', { output_index: 0, item: { type: 'reasoning', id: 'rs1' } }),
          event('response.reasoning_summary_text.delta', { item_id: 'rs1', summary_index: 0, delta: reasoning }),
          event('response.output_item.done', { output_index: 0, item: { type: 'reasoning', id: 'rs1', summary: [] } }),
        ]
      : []),
    ...(hasText
      ? [event('response.output_item.added', { output_index: 1, item: { type: 'message', id: 'msg1' } })]
      : []),
  ],
  text: (piece) => event('response.output_text.delta', { item_id: 'msg1', output_index: 1, delta: piece }),
  calls: (calls, hasText) => [
    ...(hasText
      ? [event('response.output_item.done', { output_index: 1, item: { type: 'message', id: 'msg1' } })]
      : []),
    ...calls.flatMap(({ id, name, input }, at) => {
      const place = { output_index: at + 2, item_id: `fc${at}` };
      const item = { type: 'function_call', id: `fc${at}`, call_id: id, name, arguments: '' };
      return [
        event('response.output_item.added', { output_index: at + 2, item }),
        ...splitText(JSON.stringify(input), 3).map((delta) =>
          event('response.function_call_arguments.delta', { ...place, delta }),
        ),
        event('response.output_item.done', {
          output_index: at + 2,
          item: { ...item, arguments: JSON.stringify(input), status: 'completed' },
        }),
      ];
    }),
    event('response.completed', { response: { ...response, usage: { input_tokens: 7, output_tokens: 3 } } }),
  ],
  close: (finish, hasText) => {
    const usage = { input_tokens: 7, output_tokens: 3 };
    const item = { output_index: 1, item: { type: 'message', id: 'msg1' } };
    return [
      ...(hasText ? [event('response.output_item.done', item)] : []),
      finish === 'stop'
        ? event('response.completed', { response: { ...response, usage } })
        : event('response.incomplete', {
            response: { ...response, usage, incomplete_details: { reason: incomplete[finish] } },
          }),
    ];
  },
  error: () => event('error', { sequence_number: 1, error: { ...overloaded, code: 'server_error', param: null } }),
};

const dialects = [chatCompletions, messages, responses];
