/** What was changed and is not saved yet, kept in this browser, but no secret: whoever opens this browser could read it. */
import { isSecretName, isSecretText, maskedSecret } from 'elizad-protocol/secrets';
import { keep, readKeptJson } from '../state/kept.ts';
import { applyChange, findChange } from './character-changes.ts';
import { type Draft, isRecord, isSame } from './character-draft.ts';

/** What may hold secrets by any name; so may MCP servers, in their programs, addresses and headers. */
const closed = ['secrets', 'mcp'];

const keyOf = (agentId: string): string => `character-${agentId}`;

/** What is saved, with what was changed here: only that, so that what others saved meanwhile stays. */
export function withKept(agentId: string, saved: Draft): Draft {
  const kept = readKeptJson(keyOf(agentId));
  return isRecord(kept) ? (applyChange(saved, kept) as Draft) : saved;
}

export function keepChanges(agentId: string, saved: Draft, draft: Draft): void {
  const changes = withoutSecrets(findChange(saved, draft));
  keep(keyOf(agentId), isSame(changes ?? {}, {}) ? undefined : JSON.stringify(changes));
}

/** Undefined where nothing is left. A list is kept as it is or not at all: an item without its secret would be another. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return isSame(value.map(withoutSecrets), value) ? value : undefined;
  if (!isRecord(value)) return value;
  const all = Object.entries(value);
  const open = all
    .map(([name, inner]) => [name, isSecret(name, inner) ? undefined : withoutSecrets(inner)])
    .filter(([, inner]) => inner !== undefined);
  return open.length > 0 || all.length === 0 ? Object.fromEntries(open) : undefined;
}

/** That one was taken away, or stays as it is stored, tells nothing of it. */
const isSecret = (name: string, value: unknown): boolean =>
  value !== null &&
  value !== maskedSecret &&
  (closed.includes(name) || isSecretName(name) || (typeof value === 'string' && isSecretText(value)));
