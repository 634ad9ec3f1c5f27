/** What is sent to the server under attack, and under which layer of it that is counted. */

export const layers = {
  http: 'HTTP requests',
  engine: 'Engine.IO packets',
  socket: 'Socket.IO packets',
  event: 'events of the protocol',
  connection: 'connections opened, resumed, dropped',
  stranger: 'floods, guesses and tricks of those who have no key',
  holder: 'what those who have one ask for to harm others',
} as const;

export type Layer = keyof typeof layers;

/** One packet of Engine.IO, as a WebSocket frame carries it. */
export type Packet = { readonly layer: Layer; readonly data: string | Buffer };

export const packet = (layer: Layer, data: string | Buffer): Packet => ({ layer, data });

/** The packet in the body of a long-polling request: binary in base64. */
export const toBodyPart = ({ data }: Packet): string =>
  typeof data === 'string' ? data : `b${data.toString('base64')}`;
