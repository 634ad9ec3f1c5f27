/**
 * Stop 1 of the walk: a connected socket. Whatever spelling an event came in, it becomes an intent, is parsed, handled
 * (stop 2) and acknowledged; what is wrong with it is answered, and the socket stays up.
 */
import {
  ElizadError,
  encodeEvent,
  type IntentName,
  intents,
  openEnvelope,
  parseWireIn,
  type RoomRight,
  type WireInEvent,
  wireIn,
} from 'elizad-protocol';
import { getRoom } from '../messaging/ground/access.ts';
import { passStop } from '../observability/walk.ts';
import { takeTurn } from '../pacing/take-turn.ts';
import { boundBacklogs, createPacer, explainCutOff, noteToCome } from './backlog.ts';
import { roomOf } from './broadcast.ts';
import type { GatewayDeps } from './context.ts';
import type { Handler, Handling } from './handlers/handler.ts';
import { handlers } from './handlers/handlers.ts';
import { openInbox } from './inbox.ts';
import { isFromServer, nearestEvent } from './nearest-event.ts';
import type { Acknowledge, Received } from './received.ts';
import type { ResumeAdapter } from './resume/resume-adapter.ts';
import type { GatewaySocket } from './socket-data.ts';
import { tooLargeToAnswer } from './socket-server.ts';
import { Unreadable } from './transport/bounded-decoder.ts';

/** Sends of one socket that may be on their way to the disk at one time: a flood of one must not keep the others waiting. */
const mostUnanswered = 256;

/** Serves every socket that connects from now on. */
export function serveConnections(deps: GatewayDeps): void {
  boundBacklogs(deps);
  deps.io.use((socket, next) => {
    // Two tries of one client may be read at the same time, and would be one socket twice: the client has given up the first.
    if (!socket.recovered || adapterOf(deps).isLastToReturn(socket)) return next();
    // Not only refused: a stock client that is refused does not try again, one that is cut off does.
    socket.conn.close(true);
    next(new Error('given up for a later connection'));
  });
  deps.io.on('connection', (socket) => serveConnection(deps, socket));
}

function serveConnection(deps: GatewayDeps, socket: GatewaySocket): void {
  const { limits, logger, logFeed, doctor, version } = deps;
  const { entityId } = socket.data.principal;
  const here = { socketId: socket.id };
  const timestamp = Date.now();
  doctor.meet(socket);
  adapterOf(deps).takeAcknowledgements?.(socket);
  const welcome = { entityId, socketId: socket.id, timestamp, limits, version, resumed: socket.recovered };
  let replay: Promise<void> | undefined;
  if (socket.recovered) {
    passStop('gateway/restored-session', socket.id);
    // An earlier try under the same id that was given up has taken the rooms with it; and it may have been taken out of one
    // since it was read which it is in.
    const rooms = new Set([socket.id, ...Object.keys(socket.data.joined).map(roomOf)]);
    for (const room of socket.rooms) if (!rooms.has(room)) void socket.leave(room);
    void socket.join([...rooms]);
    // Without a place: this client is still where it was, until it has heard what it missed.
    const frames = encodeEvent('welcome', welcome);
    if (doctor.isWatched()) doctor.sent(frames, here);
    for (const frame of frames) adapterOf(deps).tell(socket, frame);
    replay = replayMissed(deps, socket)
      .catch((err) => {
        logger.error({ err }, 'missed events could not be sent: the client was disconnected');
        socket.conn.close(true);
      })
      .finally(() => {
        replay = undefined;
      });
    explainCutOff(deps, socket);
    logFeed.resume(socket);
  } else {
    // With what was told so far: from the first moment the client can say where it was.
    deps.messaging.broadcast('welcome', welcome, here, deps.told);
  }
  const unanswered = new Set<Promise<void>>();
  const take = openInbox<[string, unknown[], number]>(socket, async ([event, args, at]) => {
    // No answer comes before what was said before it.
    if (replay) await replay;
    const { answered } = await receive(deps, socket, event, args, at);
    if (!answered) return;
    unanswered.add(answered);
    void answered.then(() => unanswered.delete(answered));
    // They are answered in order, so with the last one all are.
    if (unanswered.size >= mostUnanswered) await answered;
  });
  // A name may be a number on the wire.
  socket.onAny((event: unknown, ...args: unknown[]) => take([String(event), args, performance.now()]));
  socket.on('disconnect', (reason, description) => {
    logFeed.forget(socket.id);
    doctor.forget(socket.id);
    if (reason === 'client namespace disconnect')
      deps.sessions.forget(socket).catch((err) => logger.error({ err }, 'a socket session could not be deleted'));
    logger.debug({ socketId: socket.id, reason }, 'disconnected');
    if (description instanceof Error && /max payload/i.test(description.message)) {
      logger.warn({ socketId: socket.id, limit: limits.maxPayloadBytes }, tooLargeToAnswer);
    }
  });
}

/** What a socket missed, piece by piece, as others are served and as it reads; from the end on it hears live. */
async function replayMissed(deps: GatewayDeps, socket: GatewaySocket): Promise<void> {
  const adapter = adapterOf(deps);
  const pace = createPacer(deps, socket);
  // However little it is: many may have come back in this step.
  await takeTurn();
  for (const piece of adapter.listMissed(socket)) {
    if (!socket.connected) break;
    adapter.tellPiece(socket, piece);
    noteToCome(socket, adapter.weighMissed(socket));
    await pace(piece.bytes);
  }
  noteToCome(socket, 0);
}

/** Handles one event; what it returns settles when an event that is answered later has been answered. */
async function receive(
  deps: GatewayDeps,
  socket: GatewaySocket,
  name: string,
  args: unknown[],
  at: number,
): Promise<{ answered?: Promise<void> }> {
  const ack = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : undefined;
  const received = { name, opened: openEnvelope(name, args[0]), ack, at };
  const answer = async (result: Promise<Record<string, unknown>>) => {
    try {
      succeed(deps, socket, received, await result);
      // Only what is said is answered later.
      deps.messaging.meters.sends.record(performance.now() - at);
    } catch (error) {
      fail(deps, socket, received, error);
    }
  };
  try {
    await deps.checkSendRate(socket.id);
    const { later, result = {} } = await handle(deps, socket, received);
    if (later) return { answered: answer(later) };
    succeed(deps, socket, received, result);
  } catch (error) {
    fail(deps, socket, received, error);
  }
  return {};
}

async function handle(deps: GatewayDeps, socket: GatewaySocket, { opened, ack, at }: Received): Promise<Handling> {
  if ('issues' in opened) throw new ElizadError('invalid-payload', opened);
  const { event, payload } = opened;
  if (payload instanceof Unreadable) throw describeUnreadable(payload, deps.limits.maxPayloadBytes);
  if (!Object.hasOwn(wireIn, event)) {
    throw new ElizadError('unknown-event', { hint: suggestEvent(event.slice(0, 100)) });
  }
  const parsed = parseWireIn(event as WireInEvent, payload);
  if ('issues' in parsed) throw new ElizadError('invalid-payload', { issues: parsed.issues.slice(0, 20) });
  if (parsed.intent === 'send-message')
    passStop('gateway/connection', (parsed.value as { clientMessageId?: string }).clientMessageId);
  const manner = { isEnvelope: event === '1' || event === '2', hasAck: ack !== undefined, at };
  const { right } = intents[parsed.intent] as { right?: RoomRight };
  const room =
    right &&
    (await getRoom(deps.messaging, socket.data.principal, (parsed.value as { channelId: string }).channelId, right));
  return (handlers[parsed.intent] as Handler<IntentName>)(deps, socket, parsed.value, manner, room as never);
}

const adapterOf = ({ io }: GatewayDeps) => io.of('/').adapter as ResumeAdapter;

function suggestEvent(event: string): string {
  if (isFromServer(event)) return `${event} comes from the server: listen to it with socket.on.`;
  return `Did you mean ${nearestEvent(event)}? See docs/protocol.md for the list of events.`;
}

function describeUnreadable({ why, bytes }: Unreadable, maxPayloadBytes: number): ElizadError {
  if (why === 'binary')
    return new ElizadError('invalid-payload', { issues: [{ path: '', message: 'expected JSON, got binary' }] });
  const message = `expected at most ${maxPayloadBytes} bytes, got ${bytes}`;
  return new ElizadError('payload-too-large', { issues: [{ path: '', message }] });
}

function succeed(
  { doctor }: GatewayDeps,
  socket: GatewaySocket,
  received: Received,
  result: Record<string, unknown>,
): void {
  doctor.succeeded(socket, received, result);
  received.ack?.({ ok: true, ...result, ...('channelId' in result && { roomId: result.channelId }) });
}

function fail(deps: GatewayDeps, socket: GatewaySocket, received: Received, thrown: unknown): void {
  const { name, opened, ack } = received;
  const known = thrown instanceof ElizadError ? thrown : new ElizadError('internal', {}, { cause: thrown });
  deps.doctor.failed(socket, received, known);
  const event = name.slice(0, 100);
  if (known.code === 'internal' || known.code === 'storage-failed')
    deps.logger.error({ err: thrown, event }, 'an event failed');
  const given = Object(('payload' in opened ? opened.payload : undefined) ?? {}) as Record<string, unknown>;
  const wire = known.toWire();
  const details = {
    ...wire.details,
    event,
    ...echo('roomId', given.roomId ?? given.channelId),
    ...echo('clientMessageId', given.messageId),
  };
  const failure = { error: wire.error, details };
  deps.messaging.broadcast('failed', failure, { socketId: socket.id });
  ack?.({ ok: false, ...failure });
}

/** A client's own short value, given back so that it knows which of its events failed. */
const echo = (key: string, value: unknown) =>
  typeof value === 'string' && value.length <= 200 ? { [key]: value } : {};
