/** A message of an MCP server within bounds: what the client library checks, it checks value by value, in one go. */
import type { MCPTransport } from '@ai-sdk/mcp';
import type { Most } from '../../models/answer-meter.ts';

/** Most of one message: in bytes, a picture or two. */
export const mostOfMessage: Most = { bytes: 10_000_000, objects: 50_000, items: 200_000 };

export const tooMuch = `it sent a message of more than ${mostOfMessage.bytes} bytes, or of more than ${mostOfMessage.objects} objects or ${mostOfMessage.items} items`;

/** Most tools of a page, and most parts of a result: far more than are used. */
const mostListed = 500;

type Message = Parameters<NonNullable<MCPTransport['onmessage']>>[0];

/** The message without what of its lists is beyond the bounds. */
export function boundMessage(message: Message): Message {
  if (!('result' in message)) return message;
  const { result } = message;
  const { tools, content } = result as { tools?: unknown; content?: unknown };
  const isLong = (list: unknown): list is unknown[] => Array.isArray(list) && list.length > mostListed;
  if (!isLong(tools) && !isLong(content)) return message;
  const short = {
    ...(isLong(tools) && { tools: tools.slice(0, mostListed) }),
    ...(isLong(content) && { content: content.slice(0, mostListed) }),
  };
  return { ...message, result: { ...result, ...short } };
}

/** Puts the bound before what the client has of its own transport. */
export function boundMessages(client: object): void {
  const { transport } = client as { transport?: MCPTransport };
  const take = transport?.onmessage;
  if (transport && take) transport.onmessage = (message) => take(boundMessage(message));
}
