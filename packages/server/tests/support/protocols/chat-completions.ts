/** OpenAI's chat completions, which Ollama and many others speak too. */
import { frame, type Protocol, splitText } from './protocol.ts';

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

export const chatCompletions: Protocol = {
  matches: (path) => path.endsWith('/chat/completions'),
  open: ({ text: reasoning }) => [
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
  error: () => frame({ error: { type: 'overloaded_error', message: 'Overloaded', code: 503 } }),
  refusal: (_status, message) => ({ error: { type: 'fake_error', message, code: null } }),
};
