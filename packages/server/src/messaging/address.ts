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
  const present: Participant[] = [];
  for (const one of channel.participants.values()) if (one.kind === 'agent' && one.id !== senderId) present.push(one);
  // Most rooms have one agent, or none: nothing below is done for them.
  if (present.length === 0) return [];
  const isByAgent = channel.participants.get(senderId)?.kind === 'agent';
  if (channel.type === 'DM' && !isByAgent) return idsOf(present);
  const candidates = present.filter(({ id }) => agents.ruleOf(id) !== 'never');
  const words = toWords(text);
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
  repliesTo === id || hasName(toWords(text), name);

/** Whether a text calls a person of the room, with an `@` right before the name. */
function isForPeople({ participants }: Channel, { senderId, text }: Said): boolean {
  if (!text.includes('@')) return false;
  const words = toWords(text, wordsAndAts);
  const people = [...participants.values()].filter(({ id, kind }) => kind === 'user' && id !== senderId);
  return people.some(({ name }) => hasName(words, name, '@'));
}

/** Whether the words of a text have a name among them. */
function hasName(words: string, name: string | null, before = ''): boolean {
  const wanted = toWords(name ?? '').trim();
  return wanted !== '' && words.includes(` ${before}${wanted} `);
}

const wordsOnly = /[^\p{L}\p{N}]+/gu;
const wordsAndAts = /[^\p{L}\p{N}@]+/gu;

/** In small letters, with a space around each. */
const toWords = (text: string, others = wordsOnly): string => ` ${text.toLowerCase().replace(others, ' ').trim()} `;
