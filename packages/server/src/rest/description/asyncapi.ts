/** The sockets as an AsyncAPI 3 document, made of the tables of the wire. */
import { type IntentName, intents, offsetEvent, wireIn, wireOut } from 'elizad-protocol';
import type { z } from 'zod';
import { type Schema, sharedSchemas, toSchema } from './schemas.ts';

type Json = Record<string, unknown>;
type WireRow = { intent: IntentName; fields: Readonly<Record<string, string>>; about: string };

/** `$ref` to a message of the one channel. */
const refer = (name: string) => ({ $ref: `#/channels/socket/messages/${name}` });
const nameOf = (way: 'in' | 'out', event: string) => `${way}.${event}`.replace(/[^\w.-]/g, '_');

export function describeSockets(version: string, basePath = ''): Json {
  const path = `${basePath}/socket.io/`;
  const received = Object.entries<WireRow>(wireIn).map(
    ([event, row]) =>
      [nameOf('in', event), { name: event, title: event, description: row.about, payload: describeIn(row) }] as const,
  );
  const sent = Object.entries<{ about: string; schema: z.ZodType }>({
    ...wireOut,
    [offsetEvent.name]: offsetEvent,
  }).map(
    ([event, { about, schema }]) =>
      [
        nameOf('out', event),
        { name: event, title: event, description: about, payload: toSchema(schema, 'output') },
      ] as const,
  );
  const messages = Object.fromEntries([...received, ...sent]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'elizad',
      version,
      description: `Socket.IO v4 at ${path}, with any stock client. A message here is an event: \`name\` is its name, and the payload is its only argument. Events from a client may request an acknowledgement: \`{ok: true, …}\` or \`{ok: false, error, details}\`.`,
    },
    servers: {
      here: {
        host: '{host}',
        protocol: 'ws',
        pathname: path,
        variables: { host: { default: 'localhost:3000' } },
      },
    },
    channels: {
      socket: { address: path, servers: [{ $ref: '#/servers/here' }], messages },
    },
    operations: {
      receive: {
        action: 'receive',
        channel: { $ref: '#/channels/socket' },
        summary: 'Events that a client sends.',
        messages: received.map(([name]) => refer(name)),
      },
      send: {
        action: 'send',
        channel: { $ref: '#/channels/socket' },
        summary: 'Events that the server sends.',
        messages: sent.map(([name]) => refer(name)),
      },
    },
    components: {
      schemas: sharedSchemas,
    },
  };
}

/** The intent's fields under the names that the event has for them; `a.b` is a field within an object. Null is not given. */
function describeIn({ intent, fields }: WireRow): Schema {
  const schema = toSchema(intents[intent].payload, 'input');
  const shown: Schema = { type: 'object', properties: {} };
  const once = new Map<string, number>();
  for (const ours of Object.values(fields)) once.set(ours, (once.get(ours) ?? 0) + 1);
  const required: string[] = [];
  for (const [wire, ours] of Object.entries(fields)) {
    const field = { anyOf: [schema.properties?.[ours] ?? {}, { type: 'null' }] };
    const [outer = '', inner] = wire.split('.');
    const properties = shown.properties as Record<string, Schema>;
    if (inner === undefined) properties[outer] = { ...field, ...properties[outer] };
    else {
      properties[outer] ??= { type: 'object' };
      properties[outer].properties = { ...properties[outer].properties, [inner]: field };
    }
    // A field with several spellings may have any of them.
    if (inner === undefined && once.get(ours) === 1 && schema.required?.includes(ours)) required.push(wire);
  }
  return { ...shown, ...(required.length > 0 && { required }) };
}
