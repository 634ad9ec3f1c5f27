/** Gemini's `streamGenerateContent`: every chunk is a whole answer with some parts in it. */
import { type Finish, frame, type Protocol } from './protocol.ts';

const usageMetadata = { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 };
const reasons: Record<Finish, string> = { stop: 'STOP', length: 'MAX_TOKENS', 'content-filter': 'SAFETY' };

/** Names of gRPC that go with a status of HTTP. */
const names: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

const chunk = (parts: object[], finishReason?: string): string =>
  frame({
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason && { finishReason }) }],
    ...(finishReason && { usageMetadata }),
    modelVersion: 'fake',
    responseId: 'r1',
  });

export const googleGemini: Protocol = {
  matches: (path) => /\/v1beta\/models\/[^/]+:streamGenerateContent\?alt=sse$/.test(path),
  open: ({ text }) => (text ? [chunk([{ text, thought: true }])] : []),
  text: (piece) => chunk([{ text: piece }]),
  // Only the first call of a step is signed, and the signature is of all that was thought before it.
  calls: (calls, _hasText, { signature }) => [
    ...calls.map(({ id, name, input: args }, at) =>
      chunk([{ functionCall: { id, name, args }, ...(signature && at === 0 && { thoughtSignature: signature }) }]),
    ),
    chunk([{ text: '' }], 'STOP'),
  ],
  close: (finish, hasText) =>
    finish === 'content-filter' && !hasText
      ? [frame({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata, modelVersion: 'fake' })]
      : [chunk([{ text: '' }], reasons[finish])],
  error: () => frame({ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }),
  refusal: (status, message) => ({ error: { code: status, message, status: names[status] ?? 'UNKNOWN' } }),
};
