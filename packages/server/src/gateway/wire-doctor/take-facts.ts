/** What an event that was answered says about the client that sent it. */
import { type ElizadError, isUuid, wireIn } from 'elizad-protocol';
import { markText } from '../../messaging/posts/mark-text.ts';
import { isFromServer, nearestEvent } from '../nearest-event.ts';
import type { Received } from '../received.ts';
import { addSome, countOne, type Facts } from './facts.ts';

/** Longest name of a client's own that is kept. */
const mostName = 60;

/** Most rooms that are remembered as joined; of a socket that joined more it is not known which it never did. */
const mostRooms = 1_000;

export type Meaning = { event: string; intent?: string; roomId?: string; isEnvelope: boolean };

/** What is known of an event without its text. */
export function readMeaning({ name, opened }: Received): Meaning {
  if ('issues' in opened) return { event: 'message', isEnvelope: true };
  const { event, payload } = opened;
  const isKnown = Object.hasOwn(wireIn, event);
  const given = fieldsOf(payload);
  const roomId = given.channelId ?? given.roomId;
  return {
    event: name.slice(0, mostName),
    isEnvelope: event === '1' || event === '2',
    ...(isKnown && { intent: wireIn[event as keyof typeof wireIn].intent }),
    ...(isUuid(roomId) && { roomId: roomId.toLowerCase() }),
  };
}

const fieldsOf = (payload: unknown): Record<string, unknown> => Object(payload ?? {}) as Record<string, unknown>;

function takeSpelling(facts: Facts, meaning: Meaning): void {
  countOne(facts.sent, meaning.event);
  if (meaning.isEnvelope) facts.envelope++;
  else if (meaning.intent) facts.documented++;
}

export function takeSuccess(facts: Facts, received: Received, result: Record<string, unknown>): void {
  const meaning = readMeaning(received);
  takeSpelling(facts, meaning);
  const { intent, roomId } = meaning;
  if (roomId === undefined || 'issues' in received.opened) return;
  if (intent === 'join-channel') addSome(facts.joined, roomId, mostRooms);
  if (intent !== 'send-message') return;
  const given = fieldsOf(received.opened.payload);
  addSome(facts.talkedIn, roomId);
  if (!facts.joined.has(roomId) && facts.joined.size < mostRooms) addSome(facts.unjoined, roomId);
  if (meaning.isEnvelope && given.senderId === undefined) facts.withoutSender++;
  if (!received.ack && given.messageId === undefined) facts.withoutReceipt++;
  const mark = markText(String((meaning.isEnvelope ? given.message : given.text) ?? ''));
  const seq = Number(result.seq);
  const { last } = facts;
  // Its own message comes right after the last one of the room: more between them is an answer, or somebody else.
  if (last && last.roomId === roomId && last.mark === mark && seq - last.seq >= 2) facts.repeats++;
  facts.last = { roomId, mark, seq };
}

export function takeFailure(facts: Facts, received: Received, error: ElizadError): void {
  const meaning = readMeaning(received);
  takeSpelling(facts, meaning);
  countOne(facts.refused, error.code);
  if (error.code === 'unknown-event') {
    const event = 'event' in received.opened ? received.opened.event : received.name;
    const name = event.slice(0, mostName);
    if (isFromServer(name)) facts.fromServer = name;
    else if (facts.unknown?.event !== name) facts.unknown = { event: name, nearest: nearestEvent(name) };
  }
  if (error.code !== 'invalid-payload') return;
  for (const { path } of error.toWire().details.issues ?? [])
    countOne(facts.faults, `${meaning.event} ${path.slice(0, mostName)}`);
}
