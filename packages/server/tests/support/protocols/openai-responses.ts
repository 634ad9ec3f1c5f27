/** OpenAI's responses. */
import { event, type Protocol, splitText } from './protocol.ts';

const response = { id: 'r1', created_at: 1, model: 'fake' };
const incomplete = { length: 'max_output_tokens', 'content-filter': 'content_filter' };

export const openaiResponses: Protocol = {
  matches: (path) => path.endsWith('/responses'),
  open: ({ text: reasoning, signature }, hasText) => [
    event('response.created', { response }),
    ...(reasoning
      ? [
          event('response.output_item.added', { output_index: 0, item: { type: 'reasoning', id: 'rs1' } }),
          event('response.reasoning_summary_text.delta', { item_id: 'rs1', summary_index: 0, delta: reasoning }),
          event('response.output_item.done', {
            output_index: 0,
            item: { type: 'reasoning', id: 'rs1', summary: [], encrypted_content: signature ?? null },
          }),
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
  error: () =>
    event('error', {
      sequence_number: 1,
      error: { type: 'overloaded_error', message: 'Overloaded', code: 'server_error', param: null },
    }),
  refusal: (_status, message) => ({ error: { type: 'fake_error', message, code: null } }),
};
