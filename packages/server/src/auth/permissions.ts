/** The one module that answers "may they": each function throws the error of the table, or returns. */
import { ElizadError, isReservedId, type RoomRight, systemId } from 'elizad-protocol';
import type { Principal, Scope } from './principal.ts';

/** Whether the principal has the scope: for what is shown to some in part. */
export const hasScope = ({ scopes }: Principal, scope: Scope): boolean => scopes.includes(scope);

/** Throws `missing-scope` unless the principal has the scope. */
export function assertScope(principal: Principal, scope: Scope): void {
  if (!hasScope(principal, scope)) throw new ElizadError('missing-scope', { scope });
}

type Agents = { has(id: string): boolean };

/**
 * As whom somebody from outside speaks: the id that they name, or else their own. The server's own ids may be named by
 * nobody; who holds the key and names nobody speaks with the server's. Throws `speaking-as-agent` and `reserved-voice`.
 */
export function chooseSpeaker(principal: Principal, named: string | undefined, agents: Agents): string {
  const id = named ?? principal.entityId;
  const isOperator = named === undefined && principal.scopes.includes('moderate');
  if (isReservedId(id) && !isOperator) throw new ElizadError('reserved-voice');
  if (agents.has(id)) throw new ElizadError('speaking-as-agent');
  return id;
}

/** Throws `reserved-voice` for what the server says, and for what an agent asks: nobody puts other words into it. */
export function assertMayReword({ senderId, source }: { senderId: string; source: string }): void {
  if (senderId === systemId || source === 'agent_question') throw new ElizadError('reserved-voice');
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
export function assertMayDelete(principal: Principal, senderId: string, room: Room, agents: Agents): void {
  if (room.type === 'DM' && room.participants.has(principal.entityId) && agents.has(senderId)) return;
  assertMayEdit(principal, senderId);
}

/** Throws `not-a-participant` unless the principal takes part in the room, or may moderate. */
function assertMayChangeRoom({ entityId, scopes }: Principal, { participants }: Pick<Room, 'participants'>): void {
  if (!participants.has(entityId) && !scopes.includes('moderate')) throw new ElizadError('not-a-participant');
}

/** Today's rights: who may talk may read and write every room, and participants manage theirs. Throws `missing-scope`, `not-a-participant`. */
const rights: Readonly<Record<RoomRight, (principal: Principal, room: Room) => void>> = {
  read: (principal) => assertScope(principal, 'chat'),
  write: (principal) => assertScope(principal, 'chat'),
  manage: (principal, room) => {
    assertScope(principal, 'chat');
    assertMayChangeRoom(principal, room);
  },
};

export const assertMay = (principal: Principal, room: Room, right: RoomRight): void => rights[right](principal, room);
