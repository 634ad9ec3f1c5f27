/** Who must answer a message. */
import type { AgentDirectory } from './agent-directory.ts';
import type { Channel, Participant } from './channel-directory.ts';

/** What is said to whom: `repliesTo` is who said what it replies to, where that is known. */
export type Said = { senderId: string; text: string; repliesTo?: string };

/**
 * The agents that a message wakes.
 * In a DM: its agent. In a group a person wakes those whom they call by name or reply to; else, of each agent by its rule,
 * `always` and `decide` (which makes up its mind when its turn comes), and those without a rule, unless the message
 * calls somebody else. An agent wakes only those whom it calls by name, and those that always answer.
 */
export function listAddressees(channel: Channel, said: Said, agents: Pick<AgentDirectory, 'ruleOf'>): string[] {
  const { senderId, text } = said;
  const others = [...channel.participants.values()].filter(({ id }) => id !== senderId);
  const candidates = others.filter(({ id, kind }) => kind === 'agent' && agents.ruleOf(id) !== 'never');
  const isByAgent = channel.participants.get(senderId)?.kind === 'agent';
  if (channel.type === 'DM' && !isByAgent) return others.filter(({ kind }) => kind === 'agent').map(({ id }) => id);
  const called = candidates.filter((one) => isCalled(one, said));
  const always = candidates.filter(({ id }) => agents.ruleOf(id) === 'always');
  if (isByAgent) return unique([...called, ...always]);
  const isForOthers =
    called.length > 0 || others.some(({ kind, name }) => kind === 'user' && isMentioned(name, text, '@'));
  const free = candidates.filter(({ id }) => {
    const rule = agents.ruleOf(id);
    return rule === 'decide' || (rule === undefined && !isForOthers);
  });
  return unique([...called, ...always, ...free]);
}

const unique = (found: readonly Participant[]): string[] => [...new Set(found.map(({ id }) => id))];

/** Whether somebody is called by name, or is replied to. */
export const isCalled = ({ id, name }: Pick<Participant, 'id' | 'name'>, { text, repliesTo }: Said): boolean =>
  repliesTo === id || isMentioned(name, text);

/** Whether a text has a name in it as words of its own; with `@`, only where it stands right before the name. */
function isMentioned(name: string | null, text: string, before = ''): boolean {
  const words = toWords(name ?? '');
  return words !== '' && ` ${toWords(text, before)} `.includes(` ${before}${words} `);
}

const toWords = (text: string, kept = ''): string =>
  text
    .toLowerCase()
    .replace(new RegExp(`[^\\p{L}\\p{N}${kept}]+`, 'gu'), ' ')
    .trim();
