/** The one module that answers "may they": each function throws the error of the table, or returns. */
import { ElizadError } from 'elizad-protocol';
import type { Principal, Scope } from './principal.ts';

/** Whether the principal has the scope: for what is shown to some in part. */
export const hasScope = ({ scopes }: Principal, scope: Scope): boolean => scopes.includes(scope);

/** Throws `missing-scope` unless the principal has the scope. */
export function assertScope(principal: Principal, scope: Scope): void {
  if (!hasScope(principal, scope)) throw new ElizadError('missing-scope', { scope });
}

/** Throws `speaking-as-agent` when somebody from outside uses the id of one of the agents. */
export function assertMaySpeakAs(_principal: Principal, entityId: string, agents: { has(id: string): boolean }): void {
  if (agents.has(entityId)) throw new ElizadError('speaking-as-agent');
}

/** Throws `not-the-sender` unless the principal said it, or may moderate. */
export function assertMayEdit({ entityId, scopes }: Principal, senderId: string): void {
  if (entityId !== senderId && !scopes.includes('moderate')) throw new ElizadError('not-the-sender');
}

/** A room as far as permissions go by it. */
type Room = { readonly type: 'DM' | 'GROUP'; readonly participants: { has(id: string): boolean } };

/**
 * Throws `not-the-sender` unless the principal said it, may moderate, or is one of the two of a DM in which the agent
 * said it.
 */
export function assertMayDelete(
  principal: Principal,
  senderId: string,
  room: Room,
  agents: { has(id: string): boolean },
): void {
  if (room.type === 'DM' && room.participants.has(principal.entityId) && agents.has(senderId)) return;
  assertMayEdit(principal, senderId);
}

/** Throws `not-a-participant` unless the principal takes part in the room, or may moderate. */
export function assertMayChangeRoom(
  { entityId, scopes }: Principal,
  { participants }: Pick<Room, 'participants'>,
): void {
  if (!participants.has(entityId) && !scopes.includes('moderate')) throw new ElizadError('not-a-participant');
}
