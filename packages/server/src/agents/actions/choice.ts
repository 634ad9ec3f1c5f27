/** Which of the config's actions a character may use: all, or those that its `settings.actions` names. */
import type { Character } from 'elizad-protocol';
import { closest, distance } from 'fastest-levenshtein';
import type { Logger } from '../../observability/logger.ts';
import { toActionName } from './mcp/tool-action.ts';
import { cut } from './outcome.ts';

/** Whether the action of that name may be used. */
export type Choice = (name: string) => boolean;

/** Names that nobody has, of which the log tells, and letters of each. */
const mostTold = 20;
const longestTold = 100;

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
    logger.warn('settings.actions is not a list of names: this agent may not use any action of the config');
    return () => false;
  }
  const beginnings = listed.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  const names = new Set(listed);
  const ofServers = known.servers.map((server) => toActionName(server, ''));
  const actions = known.actions.map(({ name }) => name);
  const there = new Set(actions);
  // Tools of an MCP server are not known before it is connected.
  const isUnknown = (name: string) =>
    !name.endsWith('*') && !there.has(name) && !ofServers.some((start) => name.startsWith(start));
  const unknown = [...names].filter(isUnknown);
  for (const name of unknown.slice(0, mostTold)) {
    const action = cut(name, longestTold);
    const nearest = actions.length > 0 ? closest(action, actions) : '';
    const isNear = nearest !== '' && distance(action, nearest) <= 3;
    logger.warn({ action, ...(isNear && { didYouMean: nearest }) }, 'settings.actions names an unknown action');
  }
  const more = unknown.length - mostTold;
  if (more > 0) logger.warn({ more }, 'settings.actions names more unknown actions');
  return (name) => names.has(name) || beginnings.some((start) => name.startsWith(start));
}
