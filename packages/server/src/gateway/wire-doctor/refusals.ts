/** Connections that were refused: they never become sockets, so they are kept beside them. Bounded; never the key. */
import { type ErrorCode, errorTable, type RefusedConnection } from 'elizad-protocol';
import type { GatewaySocket } from '../socket-data.ts';

const mostRefusals = 20;

type Told = Pick<RefusedConnection, 'sentence' | 'hint'>;

const told: Partial<Record<ErrorCode, Told>> = {
  unauthorized: {
    sentence: 'Tried to connect with a wrong key, or with none.',
    hint: "Put the server's key into `auth: { apiKey }` of the handshake, or into the header X-API-KEY.",
  },
  'too-many-keys': {
    sentence: 'Tried to connect from an address that sent many wrong keys in a short time.',
    hint: 'The address can try again after a minute.',
  },
  'invalid-entity-id': {
    sentence: 'Tried to connect with an `auth.entityId` that is not a UUID.',
    hint: 'Send 8-4-4-4-12 hex digits, or omit it.',
  },
  'old-client': {
    sentence: 'Tried to connect with a client of Socket.IO 2 or older.',
    hint: errorTable['old-client'].hint,
  },
  'speaking-as-agent': {
    sentence: 'Tried to connect with the id of an agent.',
    hint: "Put the person's id into `auth.entityId`.",
  },
  'reserved-voice': {
    sentence: "Tried to connect with an id that is the server's own.",
    hint: "Put the person's id into `auth.entityId`.",
  },
};

type Refused = Pick<GatewaySocket['handshake'], 'address' | 'headers'>;

export type Refusals = { add(from: Refused, code: ErrorCode): void; list(): RefusedConnection[] };

/** The same refusal of the same client again counts up. */
export function createRefusals(): Refusals {
  const kept = new Map<string, RefusedConnection>();
  return {
    add({ address, headers }, code) {
      const userAgent = headers['user-agent']?.slice(0, 300);
      const key = `${code} ${address} ${userAgent}`;
      const count = (kept.get(key)?.count ?? 0) + 1;
      kept.delete(key);
      const said = told[code] ?? { sentence: `Tried to connect and was refused with \`${code}\`.`, hint: '' };
      kept.set(key, { time: Date.now(), code, address, ...(userAgent && { userAgent }), count, ...said });
      if (kept.size > mostRefusals) kept.delete(kept.keys().next().value as string);
    },
    list: () => [...kept.values()].reverse(),
  };
}
