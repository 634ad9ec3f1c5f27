/** The doors that the contract is run for: how each asks, and how its answers and errors are read. */
import { ada } from '../support/model-room.ts';
import type { Payload } from '../support/stock-client.ts';

/** Something said in a room to an agent; `key` makes a retry the same question. */
export type Question = { channelId: string; text: string; isStreamed: boolean; key?: string; since?: string };

export type TestedDoor = {
  readonly name: string;
  /** An address below its prefix that no row has. */
  readonly unknown: string;
  toRequest(question: Question): { path: string; headers: Record<string, string>; body: object };
  /** Makes a request one that the door does not take. */
  spoil(body: object): object;
  /** The answer of one that was waited for. */
  readAnswer(body: Payload): string;
  /** More of an answer, in an event of a stream; nothing where the event has none. */
  readPiece(event: Payload): string;
  /** Whether an event is the last one after a whole answer. */
  isDone(event: { event: string | undefined; data: Payload }): boolean;
  /** Why it went wrong, of an answer or of the last event of a stream. */
  readCode(body: Payload): string | undefined;
  /** Whether an answer has the shape of the door's errors, and nothing beside it. */
  isFailure(body: Payload): boolean;
  /** Cases of the contract that its wire cannot express, each with the reason. */
  readonly cannot: Readonly<Record<string, string>>;
};

const heads = ({ key, since }: Question) => ({
  ...(key !== undefined && { 'idempotency-key': key }),
  ...(since !== undefined && { 'last-event-id': since }),
});

const keysOf = (value: object): string => Object.keys(value).sort().join();

const eliza: TestedDoor = {
  name: 'eliza',
  unknown: '/api/messaging/nowhere',
  toRequest: (question) => ({
    path: `/api/messaging/channels/${question.channelId}/messages`,
    headers: heads(question),
    body: { author_id: ada, content: question.text, transport: question.isStreamed ? 'sse' : 'http' },
  }),
  spoil: (body) => ({ ...body, content: 7 }),
  readAnswer: (body) => body.agentResponse.text,
  readPiece: (data) => data.chunk ?? '',
  isDone: ({ event }) => event === 'done',
  readCode: ({ error, details, code, outcome }) =>
    error?.code ?? details?.code ?? code ?? (outcome === 'pending' ? outcome : undefined),
  isFailure: (body) => keysOf(body) === 'error,success' && body.success === false,
  cannot: {},
};

const openai: TestedDoor = {
  name: 'openai',
  unknown: '/v1/nowhere',
  toRequest: (question) => ({
    path: '/v1/chat/completions',
    headers: { 'x-room-id': question.channelId, 'x-entity-id': ada, ...heads(question) },
    body: { model: 'Cleo', messages: [{ role: 'user', content: question.text }], stream: question.isStreamed },
  }),
  spoil: (body) => ({ ...body, messages: [] }),
  readAnswer: (body) => body.choices[0].message.content,
  readPiece: (data) => data.choices?.[0]?.delta?.content ?? '',
  isDone: ({ data }) => (data as unknown) === '[DONE]',
  readCode: ({ error }) => error?.code,
  isFailure: (body) => keysOf(body) === 'error' && keysOf(body.error) === 'code,message,param,type',
  cannot: { 'a reader that comes back': "the events of OpenAI's API carry no ids to come back with" },
};

export const testedDoors: readonly TestedDoor[] = [eliza, openai];
