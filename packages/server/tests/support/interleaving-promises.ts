/**
 * The promises that hold of every run of interleavings, however it went: each check gives in words what of them a run has
 * broken.
 */
import {
  type Ask,
  type History,
  isInThroughout,
  isOk,
  listHeard,
  listLive,
  listStored,
  listTries,
  saidAfter,
  saidBefore,
  standAt,
} from './interleaving-model.ts';
import type { Payload } from './stock-client.ts';

/** All that is wrong with a run; nothing when every promise was kept. */
export function listBreaches(history: History): string[] {
  const clients = [...new Set(history.events.map(({ client }) => client))].sort();
  const inRoom = [checkOrder, checkGaps, checkLeaves, checkRests, checkReplays, checkRooms, checkCompletions];
  return [
    ...history.rooms.flatMap((roomId, room) =>
      [...checkStored(history, roomId), ...checkAnswers(history, roomId)].map((breach) => `room ${room}: ${breach}`),
    ),
    ...clients.flatMap((client) => [
      ...checkConnections(history, client).map((breach) => `client ${client}: ${breach}`),
      ...history.rooms.flatMap((roomId, room) =>
        inRoom.flatMap((check) =>
          check(history, client, roomId).map((breach) => `client ${client}, room ${room}: ${breach}`),
        ),
      ),
    ]),
  ];
}

/** The first word of a text names the message; a text that reuses its id goes on after it. */
const nameOf = (text: string): string => text.split(' ')[0] ?? '';

/** What is stored: 1, 2, 3…, no message twice, none answered twice. */
function checkStored(history: History, roomId: string): string[] {
  const stored = listStored(history, roomId);
  const breaches: string[] = [];
  const seqs = stored.map(({ seq }) => seq);
  if (seqs.some((seq, index) => seq !== index + 1)) breaches.push(`the history has seq ${seqs}`);
  const said = stored.filter((one) => listTries(history, one).length > 0);
  for (const [name, all] of Map.groupBy(said, ({ senderId, text }) => `${senderId} ${nameOf(text)}`))
    if (all.length > 1) breaches.push(`${name} is stored ${all.length} times`);
  for (const { id, text } of said) {
    const answers = stored.filter(({ inReplyTo }) => inReplyTo === id).length;
    if (answers > 1) breaches.push(`"${text}" has ${answers} answers`);
  }
  return breaches;
}

/** Whoever asked was answered with what is stored, or, with another text under its id, refused. */
function checkAnswers(history: History, roomId: string): string[] {
  const stored = listStored(history, roomId);
  const breaches = history.asks.flatMap((ask) => (ask.roomId === roomId && ask.answer ? checkAnswer(ask, stored) : []));
  for (const event of history.events) {
    if (event.what !== 'acked' || event.payload.roomId !== roomId) continue;
    const { messageId, seq } = event.payload;
    const one = stored.find(({ id }) => id === messageId);
    if (one?.seq !== seq) breaches.push(`messageAck of ${messageId} says #${seq}, the history #${one?.seq}`);
  }
  return breaches;
}

function checkAnswer({ kind, message, answer }: Ask, stored: Payload[]): string[] {
  const payload = answer?.payload;
  const given = JSON.stringify(payload);
  if (!message) return payload.ok ? [] : [`a ${kind} was answered ${given}`];
  const { senderId, clientMessageId, text } = message;
  const one = stored.find((other) => other.senderId === senderId && nameOf(other.text) === nameOf(text));
  if (!one) return [`"${text}" is not in the history, and was answered ${given}`];
  if (one.text !== text) {
    const isRefused = !payload.ok && payload.details.code === 'message-id-reused';
    return isRefused ? [] : [`"${text}" reused an id, and was answered ${given}`];
  }
  const isSame =
    payload.ok &&
    payload.messageId === one.id &&
    payload.seq === one.seq &&
    payload.createdAt === one.createdAt &&
    payload.clientMessageId === clientMessageId;
  return isSame ? [] : [`"${text}" is #${one.seq} of the history, and was answered ${given}`];
}

/** Resumed where it could be, as both ends see it, and never sent away: a stock client would not come back. */
function checkConnections({ events, asks }: History, client: number): string[] {
  const breaches: string[] = [];
  let afreshSince = 1;
  for (const event of events) {
    if (event.client !== client) continue;
    if (event.what === 'cut' && event.reason === 'io server disconnect') breaches.push('it was sent away');
    if (event.what !== 'connected') continue;
    const { at, connection, resumed, recovered } = event;
    if (resumed !== recovered)
      breaches.push(`connection ${connection}: told resumed ${resumed}, and is recovered ${recovered}`);
    const mustResume = asks.some(
      (ask) => ask.client === client && isOk(ask) && (ask.answer?.at ?? at) < at && ask.connection >= afreshSince,
    );
    if (mustResume && !resumed) breaches.push(`connection ${connection} was not resumed`);
    if (!resumed) afreshSince = connection;
  }
  return breaches;
}

/** Nothing twice, nothing before its turn, over all connections, and each message as it is stored. */
function checkOrder(history: History, client: number, roomId: string): string[] {
  const live = listLive(history, client, roomId);
  const seqs = live.map(({ payload }) => payload.seq);
  const stored = listStored(history, roomId);
  const others = listHeard(history, client, roomId).filter(({ payload }) => {
    const one = stored.find(({ seq }) => seq === payload.seq);
    const isOwn = (ask: Ask) => ask.message?.clientMessageId === payload.clientMessageId;
    return (
      (one && (one.id !== payload.id || one.text !== payload.text)) ||
      (payload.clientMessageId !== undefined && !listTries(history, payload).some(isOwn))
    );
  });
  return [
    ...(seqs.some((seq, index) => index > 0 && seq <= seqs[index - 1]) ? [`heard ${seqs}`] : []),
    ...others.map(({ payload }) => `heard #${payload.seq} otherwise than it is stored`),
  ];
}

/** Nothing left out while it is in the room, beginning with what came after its join. */
function checkGaps(history: History, client: number, roomId: string): string[] {
  const live = listLive(history, client, roomId);
  const between = live.flatMap(({ at, payload }, index) => {
    const before = live[index - 1];
    if (!before || before.payload.seq + 1 === payload.seq) return [];
    const isIn = isInThroughout(history, client, roomId, before.at, at);
    return isIn ? [`heard #${before.payload.seq}, then #${payload.seq}`] : [];
  });
  const afterJoins = listAsks(history, client, roomId, 'join').flatMap(({ at, answer }) => {
    const next = live.find((heard) => heard.at > at && heard.payload.seq > answer.payload.seq);
    if (!next || next.payload.seq === answer.payload.seq + 1) return [];
    const isIn = isInThroughout(history, client, roomId, answer.at, Math.max(next.at, answer.at));
    return isIn ? [`joined at #${answer.payload.seq}, then heard #${next.payload.seq}`] : [];
  });
  return [...between, ...afterJoins];
}

const listAsks = ({ asks }: History, client: number, roomId: string, kind: Ask['kind']) =>
  asks.flatMap((ask) =>
    ask.client === client && ask.roomId === roomId && ask.kind === kind && ask.answer && isOk(ask)
      ? [{ ...ask, answer: ask.answer }]
      : [],
  );

/** Who leaves has heard all that was said while it was in. */
function checkLeaves(history: History, client: number, roomId: string): string[] {
  const live = listLive(history, client, roomId);
  return listAsks(history, client, roomId, 'leave').flatMap(({ at, answer }) => {
    const standing = standAt(history, client, roomId, at - 1);
    if (standing.is !== 'in') return [];
    const missing = listStored(history, roomId).filter(
      (one) =>
        saidAfter(history, one) > standing.since &&
        saidBefore(history, one) < at &&
        !live.some((heard) => heard.payload.id === one.id && heard.at < answer.at),
    );
    return missing.length > 0 ? [`left without having heard ${missing.map(({ seq }) => `#${seq}`)}`] : [];
  });
}

/** Who is in the room has heard all of it; whoever lost its connection and came back is where it was. */
function checkRests(history: History, client: number, roomId: string): string[] {
  if (client === history.reader) return [];
  const live = listLive(history, client, roomId);
  const rests = history.rests.map(({ at, ends }) => {
    const last = ends[history.rooms.indexOf(roomId)] ?? 0;
    const lastHeard = live.findLast((heard) => heard.at <= at)?.payload.seq ?? 0;
    const { is } = standAt(history, client, roomId, at);
    const breach = `is in the room, where #${last} was said, and heard nothing after #${lastHeard}`;
    return { is, hears: lastHeard >= last, breaches: is === 'in' && lastHeard < last ? [breach] : [] };
  });
  const breaches = rests.flatMap((rest) => rest.breaches);
  // Between the two all lost their connections, and did nothing else: even where it is not sure, it is the same.
  const [before, after] = rests;
  if (before?.is === 'maybe' && after?.is === 'maybe' && before.hears !== after.hears)
    breaches.push(`heard the room ${after.hears ? 'only after' : 'until'} it lost its connection`);
  return breaches;
}

/** A join with `since` replays what came after it up to the `seq` that it answers, and a join without it nothing. */
function checkReplays({ events }: History, client: number, roomId: string): string[] {
  const breaches: string[] = [];
  let replayed: number[] = [];
  for (const event of events) {
    if (event.client !== client) continue;
    if (event.what === 'cut' || event.what === 'connected') replayed = [];
    if (event.what === 'heard' && event.payload.roomId === roomId && event.payload.replay)
      replayed.push(event.payload.seq);
    if (event.what !== 'answered' || event.ask.kind !== 'join' || event.ask.roomId !== roomId) continue;
    const { since, answer } = event.ask;
    const last = answer?.payload.seq ?? 0;
    const expected =
      since === undefined ? [] : Array.from({ length: Math.max(0, last - since) }, (_, n) => since + 1 + n);
    if (`${replayed}` !== `${expected}`) breaches.push(`join since ${since} at #${last} replayed ${replayed}`);
    replayed = [];
  }
  return breaches;
}

/** Nothing from a room that it is not in, and nothing that was said before it came. */
function checkRooms(history: History, client: number, roomId: string): string[] {
  return listLive(history, client, roomId).flatMap(({ at, payload }) => {
    // A sender has its own copy, also when it has left meanwhile.
    if (listTries(history, payload).some((ask) => ask.client === client && ask.at < at)) return [];
    const standing = standAt(history, client, roomId, at);
    if (standing.is === 'out') return [`is not in the room, and heard #${payload.seq}`];
    if (saidBefore(history, payload) < standing.enteredAt)
      return [`heard #${payload.seq}, which was said before it came in`];
    return [];
  });
}

/** One end for each message of a person, to everyone who heard it and stayed. */
function checkCompletions(history: History, client: number, roomId: string): string[] {
  const ended = history.events.flatMap((event) =>
    event.what === 'completed' && event.client === client && event.payload.roomId === roomId ? [event] : [],
  );
  const rest = history.rests.at(-1);
  const last = rest?.ends[history.rooms.indexOf(roomId)] ?? 0;
  return listLive(history, client, roomId).flatMap(({ at, payload }) => {
    const count = ended.filter((event) => event.payload.messageId === payload.id).length;
    const isEarly = ended.some((event) => event.payload.messageId === payload.id && event.at < at);
    const isOwed =
      listTries(history, payload).length > 0 &&
      payload.seq <= last &&
      isInThroughout(history, client, roomId, at, rest?.at ?? at);
    if (count > 1 || isEarly || (isOwed && count === 0))
      return [`#${payload.seq} had ${count} messageComplete${isEarly ? ', before it was heard' : ''}`];
    return [];
  });
}
