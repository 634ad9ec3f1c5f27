/** Agents that hear and speak: the voice and ears of an agent, and saying something in a room to hear its answer. */
import { ElizadError, type ErrorCode, errorTable, type Message } from 'elizad-protocol';
import type { Principal } from '../auth/principal.ts';
import type { Settings } from '../config.ts';
import { exchange } from '../messaging/asking/ask-and-wait.ts';
import type { Messaging } from '../messaging/ground/context.ts';
import { deriveVoiceRoom } from '../messaging/ground/room-id.ts';
import { type Draft, postMessage } from '../messaging/posts/post-message.ts';
import { joinChannel } from '../messaging/rooms/membership.ts';
import type { Logger } from '../observability/logger.ts';
import type { Agent, Roster } from './characters/roster.ts';
import {
  chooseSpeaker,
  chooseTranscriber,
  type Sound,
  type Speaker,
  type Transcriber,
  type Words,
} from './models/providers/speech.ts';

export type VoiceDeps = {
  messaging: Messaging;
  agents: { readonly roster: Roster };
  settings: Settings;
  logger: Logger;
};

/** Something said aloud to an agent: by whom, and where; else as who asks, in the room of the two. */
export type Utterance = { text: string; roomId?: string; userId?: string; userName?: string };

/** Longest text that is spoken, in UTF-16 units: the limit of OpenAI. */
const mostSpokenLength = 4_096;

/** Throws `agent-not-found`, `agent-not-running`. */
export function getAgent({ messaging, agents }: Pick<VoiceDeps, 'messaging' | 'agents'>, id: string): Agent {
  const agent = agents.roster.get(id);
  if (agent) return agent;
  throw new ElizadError(messaging.agents.find(id) ? 'agent-not-running' : 'agent-not-found');
}

/** Throws `no-speech-model` and what `getAgent` throws. */
export function getSpeaker(deps: VoiceDeps, agentId: string): Speaker {
  const speaker = chooseSpeaker(getAgent(deps, agentId).modelCharacter, deps.settings, deps.logger);
  if (!speaker) throw new ElizadError('no-speech-model');
  return speaker;
}

/** Throws `no-transcription-model` and what `getAgent` throws. */
export function getTranscriber(deps: VoiceDeps, agentId: string): Transcriber {
  const transcriber = chooseTranscriber(getAgent(deps, agentId).modelCharacter, deps.settings, deps.logger);
  if (!transcriber) throw new ElizadError('no-transcription-model');
  return transcriber;
}

/** As MP3 unless said otherwise, in the voice that is named, or else that of the character's `settings.voice`; a longer text is cut. */
export async function speak(
  deps: VoiceDeps,
  agentId: string,
  text: string,
  signal: AbortSignal,
  { voice, ...how }: Omit<Words, 'text'> = {},
): Promise<Sound> {
  const speaker = getSpeaker(deps, agentId);
  const { voice: own } = getAgent(deps, agentId).character.settings ?? {};
  const named = voice ?? (typeof own === 'string' ? own : undefined);
  return speaker.speak({ ...how, text: text.slice(0, mostSpokenLength), ...(named && { voice: named }) }, signal);
}

/** Says it in its room without waiting for the answer. Throws what `postMessage` throws. */
export async function say(
  { messaging }: VoiceDeps,
  principal: Principal,
  agentId: string,
  utterance: Utterance,
): Promise<Message> {
  const draft = await enterRoom(messaging, principal, agentId, utterance);
  const { committed } = await postMessage(messaging, principal, draft);
  return (await committed).message;
}

/** Says it in its room and waits for the answer of the agent. Throws `no-answer`, or why there is none. */
export async function converse(
  { messaging }: VoiceDeps,
  principal: Principal,
  agentId: string,
  utterance: Utterance,
  signal: AbortSignal,
): Promise<{ message: Message; answer: string }> {
  const draft = await enterRoom(messaging, principal, agentId, utterance);
  const { message, answers, completion } = await exchange(messaging, principal, draft, signal);
  const answer = answers
    .filter(({ senderId, text }) => senderId === agentId && text.trim() !== '')
    .map(({ text }) => text)
    .join('\n\n');
  if (answer !== '') return { message, answer };
  if (!completion) throw new ElizadError('turn-timed-out');
  const { code } = completion.turns.find((turn) => turn.agentId === agentId) ?? {};
  throw new ElizadError(code !== undefined && code in errorTable ? (code as ErrorCode) : 'no-answer');
}

async function enterRoom(
  messaging: Messaging,
  principal: Principal,
  agentId: string,
  { text, roomId, userId, userName: name }: Utterance,
): Promise<Draft> {
  const channelId = roomId ?? (await deriveVoiceRoom([userId ?? principal.entityId, agentId]));
  const speaker = { channelId, name, ...(userId !== undefined && { entityId: userId }) };
  await joinChannel(messaging, principal, { ...speaker, agentId });
  return { ...speaker, text, attachments: [], metadata: {}, source: { door: 'voice' }, targetId: agentId };
}
