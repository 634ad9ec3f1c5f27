/** The spellings by which a tool watches what other sockets send and get. */
import { notAnObject, wireRow } from './wire-row.ts';

export const doctorRows = {
  subscribe_wire: wireRow({
    intent: 'subscribe-wire',
    fields: { socketId: 'socketId' },
    about:
      'Sends a summary of every event of one socket, or without `socketId` of all, to this socket from now on, as `wireEvent`; first the last hundred that were kept. Again with another `socketId`, it is that one instead. It ends with the connection: subscribe again after each `connect`.',
    valid: [
      { why: 'all sockets', payload: {} },
      { why: 'one socket', payload: { socketId: 'vdBr1n_2nLGsYD4yAAAA' } },
    ],
    invalid: [
      notAnObject,
      { why: 'the socket is a number', payload: { socketId: 7 }, path: 'socketId' },
      { why: 'no socket has so long an id', payload: { socketId: 'x'.repeat(101) }, path: 'socketId' },
    ],
  }),
  unsubscribe_wire: wireRow({
    intent: 'unsubscribe-wire',
    fields: {},
    about: 'Stops the summaries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
} as const;
