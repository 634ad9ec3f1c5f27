/** Who is in a room, and what is done about it: inviting, dismissing, naming, leaving, deleting. */
import type { RestOutput } from 'elizad-client';
import { app } from '../app-state.ts';
import { client } from '../session.ts';
import { readName } from '../values/names.ts';
import { whileLeaving } from './removed-rooms.ts';
import { forgetRoom } from './rooms.ts';

export type Participant = RestOutput<'list-central-channel-participants'>['data'][number];

export async function listPeople(roomId: string): Promise<Participant[]> {
  const { data } = await client().http.call('list-central-channel-participants', { params: { channelId: roomId } });
  return data.map((one) => ({ ...one, name: readName(one.name, 'Somebody') }));
}

/** Calls `changed` when somebody may have come or gone; returns how to stop. */
export function watchPeople(roomId: string, changed: () => void): () => void {
  const here = (event: { roomId: string }) => event.roomId === roomId && changed();
  const stops = [client().on('userJoined', here), client().on('userLeft', here), client().on('channelUpdated', here)];
  client().socket.on('connect', changed);
  return () => {
    for (const stop of stops) stop();
    client().socket.off('connect', changed);
  };
}

export async function addAgent(roomId: string, agentId: string): Promise<void> {
  await client().http.call('add-channel-agent', { params: { channelId: roomId }, body: { agentId } });
}

export async function dismiss(
  roomId: string,
  { id, isAgent }: Participant,
  all: readonly Participant[],
): Promise<void> {
  if (isAgent) {
    await client().http.call('remove-channel-agent', { params: { channelId: roomId, agentId: id } });
    return;
  }
  const participants = all.map((one) => one.id).filter((other) => other !== id);
  await client().http.call('update-channel', { params: { channelId: roomId }, body: { participants } });
}

export async function renameRoom(roomId: string, name: string): Promise<void> {
  await client().http.call('update-channel', { params: { channelId: roomId }, body: { name } });
}

/** I am no longer in it; it stays for the others. */
export async function leaveRoom(roomId: string, all: readonly Participant[]): Promise<void> {
  const me = all.find(({ id }) => id === app.get().entityId);
  await whileLeaving(roomId, async () => {
    if (me) await dismiss(roomId, me, all);
    await client().leave(roomId);
  });
  forgetRoom(roomId);
}

/** It goes for everybody, with everything in it. */
export async function deleteRoom(roomId: string): Promise<void> {
  await client().http.call('delete-channel', { params: { channelId: roomId } });
  forgetRoom(roomId);
}
