/** Who must answer a message. */
import type { AgentDirectory } from '../directories/agent-directory.ts';
import type { Channel } from '../directories/channel.ts';
import { type Participant, toWords } from '../directories/roll.ts';

/** What is said to whom: `repliesTo` is who said what it replies to, where that is known. */
export type Said = { senderId: string; text: string; repliesTo?: string };

/**
 * The agents that a message wakes.
 * In a DM: its agent. In a group a person wakes those whom they call by name or reply to; else, of each agent by its rule,
 * `always` and `decide` (which makes up its mind when its turn comes), and those without a rule, unless the message
 * calls somebody else. An agent wakes only those whom it calls by name, and those that always answer.
 */
export function listAddressees(
  channel: Pick<Channel, 'type' | 'participants'>,
  said: Said,
  agents: Pick<AgentDirectory, 'ruleOf'>,
): string[] {
  const { senderId, text } = said;
  const present = [...channel.participants.agents].filter(({ id }) => id !== senderId);
  // Most rooms have one agent, or none: nothing below is done for them.
  if (present.length === 0) return [];
  const isByAgent = channel.participants.get(senderId)?.kind === 'agent';
  if (channel.type === 'DM' && !isByAgent) return idsOf(present);
  const candidates = present.filter(({ id }) => agents.ruleOf(id) !== 'never');
  const words = join(toWords(text));
  const called = candidates.filter(({ id, name }) => said.repliesTo === id || hasName(words, name));
  const always = candidates.filter(({ id }) => agents.ruleOf(id) === 'always');
  if (isByAgent) return idsOf([...called, ...always]);
  const isForOthers = called.length > 0 || isForPeople(channel, said);
  const free = candidates.filter(({ id }) => {
    const rule = agents.ruleOf(id);
    return rule === 'decide' || (rule === undefined && !isForOthers);
  });
  return idsOf([...called, ...always, ...free]);
}

const idsOf = (found: readonly Participant[]): string[] => [...new Set(found.map(({ id }) => id))];

/** Whether somebody is called by name, or is replied to. */
export const isCalled = ({ id, name }: Pick<Participant, 'id' | 'name'>, { text, repliesTo }: Said): boolean =>
  repliesTo === id || hasName(join(toWords(text)), name);

/** Whether a text calls a person of the room, with an `@` right before the name. */
function isForPeople({ participants }: Pick<Channel, 'participants'>, { senderId, text }: Said): boolean {
  if (!text.includes('@')) return false;
  const words = toWords(text, neitherWordNorAt);
  return words.some((word, index) => {
    if (!word.startsWith('@')) return false;
    words[index] = word.slice(1);
    return participants.isNamed(words, index, senderId);
  });
}

/** Whether the words of a text have a name among them. */
function hasName(words: string, name: string | null): boolean {
  const wanted = toWords(name ?? '').join(' ');
  return wanted !== '' && words.includes(` ${wanted} `);
}

const neitherWordNorAt = /[^\p{L}\p{N}@]+/gu;

/** With a space around each. */
const join = (words: readonly string[]): string => ` ${words.join(' ')} `;
