/** The one module that answers "may they": each function throws the error of the table, or returns. */
import { ElizadError } from 'elizad-protocol';
import type { Principal, Scope } from './principal.ts';

/** Throws `missing-scope` unless the principal has the scope. */
export function assertScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.includes(scope)) throw new ElizadError('missing-scope', { scope });
}

/** Throws `speaking-as-agent` when somebody from outside uses the id of one of the agents. */
export function assertMaySpeakAs(_principal: Principal, entityId: string, agents: { has(id: string): boolean }): void {
  if (agents.has(entityId)) throw new ElizadError('speaking-as-agent');
}

/** Throws `not-the-sender` unless the principal said it, or may moderate. */
export function assertMayDelete(principal: Principal, senderId: string): void {
  if (principal.entityId !== senderId && !principal.scopes.includes('moderate'))
    throw new ElizadError('not-the-sender');
}
