/** Which of the config's actions a character may use: all, or those that its `settings.actions` names. */
import type { Character } from 'elizad-protocol';
import { closest, distance } from 'fastest-levenshtein';
import type { Logger } from '../../observability/logger.ts';
import { toActionName } from './mcp/tool-action.ts';

/** Whether the action of that name may be used. */
export type Choice = (name: string) => boolean;

/**
 * Reads `settings.actions`: names, or beginnings such as `github_*`. A name that nobody has is logged; a list that is none
 * chooses nothing, since it was meant to restrict.
 */
export function readChoice(
  { settings }: Character,
  known: { readonly actions: readonly { readonly name: string }[]; readonly servers: readonly string[] },
  logger: Logger,
): Choice {
  const listed = settings?.actions;
  if (listed === undefined || listed === null) return () => true;
  if (!Array.isArray(listed) || !listed.every((one) => typeof one === 'string')) {
    logger.warn('settings.actions is not a list of names: this agent may use none of the actions of the config');
    return () => false;
  }
  const beginnings = listed.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  const names = new Set(listed);
  const ofServers = known.servers.map((server) => toActionName(server, ''));
  const actions = known.actions.map(({ name }) => name);
  for (const name of names) {
    // Tools of an MCP server are not known before it is connected.
    if (name.endsWith('*') || actions.includes(name) || ofServers.some((start) => name.startsWith(start))) continue;
    const nearest = actions.length > 0 ? closest(name, actions) : '';
    const isNear = nearest !== '' && distance(name, nearest) <= 3;
    logger.warn(
      { action: name, ...(isNear && { didYouMean: nearest }) },
      'settings.actions names an action that is not there',
    );
  }
  return (name) => names.has(name) || beginnings.some((start) => name.startsWith(start));
}
