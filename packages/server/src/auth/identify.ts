/**
 * Who asks: the same caller is the same principal with the same rights, on a socket and over HTTP. The credential decides, and
 * whether the caller names an entity to act as: the holder of the key who names nobody is the operator.
 */
import { ElizadError, isUuid } from 'elizad-protocol';
import type { CheckKey } from './key-guard.ts';
import { createOperator, createPrincipal, type Principal } from './principal.ts';

export type Claims = {
  /** The network address that asks. */
  address: string | undefined;
  /** Whatever may be the key, in the order in which it counts. */
  keys: readonly unknown[];
  /** The entity that the caller acts as; undefined or null where it names none. */
  entityId: unknown;
  name?: string | undefined;
};

/** Throws `unauthorized`, `too-many-keys` and `invalid-entity-id`. */
export function identify(checkKey: CheckKey, { address, keys, entityId, name }: Claims): Principal {
  const credential = checkKey(address, keys);
  if (entityId === undefined || entityId === null) return { ...createOperator(credential), name };
  if (!isUuid(entityId)) throw new ElizadError('invalid-entity-id');
  return createPrincipal(entityId.toLowerCase(), name, credential);
}
