/** Anthropic's messages. */
import { event, type Protocol, splitText } from './protocol.ts';

const anthropicReasons = { stop: 'end_turn', length: 'max_tokens', 'content-filter': 'refusal' };

export const anthropicMessages: Protocol = {
  matches: (path) => path.endsWith('/messages'),
  open: ({ text: reasoning, signature }, hasText) => [
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
          ...(signature
            ? [event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature } })]
            : []),
          event('content_block_stop', { index: 0 }),
          // What must not be read is sent encrypted, as a block of its own.
          ...(signature
            ? [
                event('content_block_start', {
                  index: 1,
                  content_block: { type: 'redacted_thinking', data: `redacted ${signature}` },
                }),
                event('content_block_stop', { index: 1 }),
              ]
            : []),
        ]
      : []),
    ...(hasText ? [event('content_block_start', { index: 2, content_block: { type: 'text', text: '' } })] : []),
  ],
  text: (piece) => event('content_block_delta', { index: 2, delta: { type: 'text_delta', text: piece } }),
  calls: (calls, hasText) => [
    ...(hasText ? [event('content_block_stop', { index: 2 })] : []),
    ...calls.flatMap(({ id, name, input }, at) => [
      event('content_block_start', { index: at + 3, content_block: { type: 'tool_use', id, name, input: {} } }),
      ...splitText(JSON.stringify(input), 3).map((partial_json) =>
        event('content_block_delta', { index: at + 3, delta: { type: 'input_json_delta', partial_json } }),
      ),
      event('content_block_stop', { index: at + 3 }),
    ]),
    event('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 3 } }),
    event('message_stop'),
  ],
  close: (finish, hasText) => [
    ...(hasText ? [event('content_block_stop', { index: 2 })] : []),
    event('message_delta', {
      delta: { stop_reason: anthropicReasons[finish], stop_sequence: null },
      usage: { output_tokens: 3 },
    }),
    event('message_stop'),
  ],
  error: () => event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  refusal: (_status, message) => ({ type: 'error', error: { type: 'fake_error', message } }),
};
