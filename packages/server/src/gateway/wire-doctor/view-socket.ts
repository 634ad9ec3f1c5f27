/** One socket as the doctor shows it. */
import type { SocketView } from 'elizad-protocol';
import type { GatewaySocket } from '../socket-data.ts';
import type { Facts } from './facts.ts';
import { listFindings } from './findings.ts';

/** A room as far as it matters here; undefined where there is none. */
export type FindRoom = (channelId: string) => Promise<{ readonly participants: Participants } | undefined>;
type Participants = ReadonlyMap<string, { kind: 'user' | 'agent' }>;

const mostRoomsShown = 50;
const mostLookedAt = 20;

type Moment = { now: number; findRoom: FindRoom; connectsPerMinute: number };

export async function viewSocket(
  { id, data, conn, handshake }: GatewaySocket,
  facts: Facts,
  { now, findRoom, connectsPerMinute }: Moment,
): Promise<SocketView> {
  const { entityId, name } = data.principal;
  const rooms = Object.keys(data.joined);
  const transport = conn.transport.name;
  const userAgent = handshake.headers['user-agent'];
  const patient = {
    facts,
    now,
    transport,
    isAssigned: data.isProvisional,
    connectsPerMinute,
    isInRoom: rooms.length > 0,
    roomsOfAgents: await listRooms(
      rooms.slice(0, mostLookedAt),
      findRoom,
      (channelId, kinds) => kinds.get(channelId)?.kind === 'agent',
    ),
    roomsWithoutAgent: await listRooms(
      facts.talkedIn,
      findRoom,
      (_, kinds) => ![...kinds.values()].some(({ kind }) => kind === 'agent'),
    ),
  };
  return {
    socketId: id,
    entityId,
    ...(name && { name }),
    isAssigned: data.isProvisional,
    connectedAt: facts.connectedAt,
    transport,
    address: handshake.address,
    ...(userAgent && { userAgent: userAgent.slice(0, 300) }),
    dialects: [
      ...(facts.documented > 0 ? (['documented'] as const) : []),
      ...(facts.envelope > 0 ? (['envelope'] as const) : []),
    ],
    rooms: rooms.slice(0, mostRoomsShown),
    roomCount: rooms.length,
    sent: Object.fromEntries(facts.sent),
    refused: Object.fromEntries(facts.refused),
    findings: listFindings(patient),
  };
}

async function listRooms(
  channelIds: Iterable<string>,
  findRoom: FindRoom,
  isMeant: (channelId: string, participants: Participants) => boolean,
): Promise<string[]> {
  const meant: string[] = [];
  for (const channelId of channelIds) {
    const room = await findRoom(channelId);
    if (room && isMeant(channelId, room.participants)) meant.push(channelId);
  }
  return meant;
}
