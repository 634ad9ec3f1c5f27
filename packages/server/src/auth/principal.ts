/** Who is asking: every call below the edges carries one, made from a credential or a connection, never from a payload. */
import { defaultServerId } from 'elizad-protocol';

/** `moderate`: may delete what others said. `operate`: may change agents, settings and the server itself. */
export type Scope = 'chat' | 'logs' | 'moderate' | 'operate';

export type Principal = {
  /** The id this connection goes by: the one it named in its handshake, or one the server assigned. */
  entityId: string;
  name: string | undefined;
  /** What vouches for it: nothing but being on this machine, or the server's key. */
  credential: 'loopback' | 'api-key';
  scopes: readonly Scope[];
};

/** Whoever has the server's key, or sits on its machine where there is none, may do everything a client can. */
export function createPrincipal(
  entityId: string,
  name: string | undefined,
  credential: Principal['credential'],
): Principal {
  return { entityId, name, credential, scopes: ['chat', 'logs', 'operate'] };
}

/** Whoever runs the server, when they name nobody: they may also delete what others said. */
export const createOperator = (credential: Principal['credential']): Principal => ({
  entityId: defaultServerId,
  name: undefined,
  credential,
  scopes: ['chat', 'logs', 'moderate', 'operate'],
});
