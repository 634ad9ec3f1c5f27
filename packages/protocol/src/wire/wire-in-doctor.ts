/** The spellings by which a tool watches what other sockets send and get. */
import { notAnObject, wireRow } from './wire-row.ts';

export const doctorRows = {
  subscribe_wire: wireRow({
    intent: 'subscribe-wire',
    fields: { socketId: 'socketId' },
    about:
      'Sends this socket a summary of every event of one socket, or of all sockets without `socketId`, as `wireEvent`; the last hundred stored events come first. A second call with another `socketId` replaces the first. The subscription ends with the connection: subscribe again after each `connect`.',
    valid: [
      { why: 'all sockets', payload: {} },
      { why: 'one socket', payload: { socketId: 'vdBr1n_2nLGsYD4yAAAA' } },
    ],
    invalid: [
      notAnObject,
      { why: 'the socket is a number', payload: { socketId: 7 }, path: 'socketId' },
      { why: 'the id is longer than any socket id', payload: { socketId: 'x'.repeat(101) }, path: 'socketId' },
    ],
  }),
  unsubscribe_wire: wireRow({
    intent: 'unsubscribe-wire',
    fields: {},
    about: 'Stops the `wireEvent` summaries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
} as const;
