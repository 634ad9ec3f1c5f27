/** What cases of the contract begin with: rooms, people, messages, turns. All jobs of the message log are written here. */
import assert from 'node:assert/strict';
import { defaultServerId, type Message } from 'elizad-protocol';
import type { Engine } from '../../../src/storage/engine/engine.ts';
import type { AsideJob } from '../../../src/storage/journal/asides.ts';
import type { LogEntry } from '../../../src/storage/journal/kinds.ts';
import { getLastPosition } from '../../../src/storage/journal/log-entries.ts';
import { openMessageLog } from '../../../src/storage/journal/message-log.ts';
import type { NewMessage, PostJob } from '../../../src/storage/journal/posts.ts';
import type { RoomErasure } from '../../../src/storage/journal/room-thinning.ts';
import type { RoomUpdate } from '../../../src/storage/journal/room-updates.ts';
import { type ChannelBirth, insertChannel, type ParticipantRow } from '../../../src/storage/rooms/channels.ts';
import { createId } from '../../../src/storage/schema/ids.ts';
import type { TracesTable } from '../../../src/storage/schema/tables.ts';
import { upsertAgent } from '../../../src/storage/turns/agents.ts';
import type { TurnEnding } from '../../../src/storage/turns/turn-endings.ts';
import { claimTurns, type TurnRow } from '../../../src/storage/turns/turns.ts';

export { defaultServerId };

export const makeChannel = (over: Partial<ChannelBirth['channel']> = {}): ChannelBirth['channel'] => ({
  id: crypto.randomUUID(),
  server_id: defaultServerId,
  name: 'Room',
  type: 'GROUP',
  created_at: 1_000,
  ...over,
});

export const makePerson = (
  channelId: string,
  entityId: string,
  over: Partial<ParticipantRow> = {},
): ParticipantRow => ({
  channel_id: channelId,
  entity_id: entityId,
  kind: 'user',
  name: entityId,
  joined_at: 1,
  ...over,
});

/** Makes a room with some people in it; returns its id. */
export async function addRoom(
  { db }: Pick<Engine, 'db'>,
  over: Partial<ChannelBirth['channel']> = {},
  people: readonly string[] = [],
): Promise<string> {
  const channel = makeChannel(over);
  await insertChannel(
    db,
    channel,
    people.map((id, at) => makePerson(channel.id, id, { joined_at: at })),
  );
  return channel.id;
}

export async function addAgent({ db }: Pick<Engine, 'db'>, name = 'Cleo'): Promise<string> {
  const id = crypto.randomUUID();
  await upsertAgent(db, { id, name, character: '{}' });
  return id;
}

export const makeMessage = (channelId: string, over: Partial<NewMessage> = {}): NewMessage => ({
  id: createId(),
  channelId,
  serverId: defaultServerId,
  senderId: 'ada',
  senderName: 'Ada',
  text: 'hello',
  createdAt: 5_000,
  source: 'test',
  thought: null,
  actions: [],
  attachments: [],
  metadata: {},
  inReplyTo: null,
  clientMessageId: null,
  ...over,
});

/** A log of messages, with a call for each thing that a case writes. */
export type Journal = ReturnType<typeof openJournal>;

export function openJournal(engine: Engine) {
  const { write } = openMessageLog(engine);
  const post = (channelId: string, over: Partial<NewMessage> = {}, rest: Omit<PostJob, 'message'> = {}) =>
    write({ kind: 'post', message: makeMessage(channelId, over), ...rest });
  return {
    write,
    post,
    /** Says something; resolves with the message. */
    async say(channelId: string, text: string, over: Partial<NewMessage> = {}): Promise<Message> {
      const { message } = await post(channelId, { text, ...over });
      return message;
    },
    /** Asks some agents; resolves with the message. */
    async ask(channelId: string, agentIds: readonly string[], over: Partial<NewMessage> = {}): Promise<Message> {
      const { message } = await post(channelId, over, { addressees: agentIds });
      return message;
    },
    /** Posts something beside the answers. */
    add: (channelId: string, over: Partial<NewMessage> = {}, rest: Omit<AsideJob, 'message'> = {}) =>
      write({ kind: 'aside', message: makeMessage(channelId, over), ...rest }),
    edit: (edit: Message) => write({ kind: 'edit', edit }),
    erase: (channelId: string, messageId: string) => write({ kind: 'deletion', channelId, messageId }),
    eraseRoom: (erasure: RoomErasure) => write({ kind: 'room-erasure', erasure }),
    updateRoom: (channelId: string, update: Partial<Omit<RoomUpdate, 'channelId'>>) =>
      write({ kind: 'room-update', update: { channelId, set: {}, add: [], remove: [], ...update } }),
    thin: (erasure: RoomErasure) => write({ kind: 'room-thinning', erasure }),
    /** Ends a turn, with a message of its agent where there is a text. */
    end(turn: TurnRow, text?: string, trace?: TracesTable) {
      const { id, channel_id, agent_id } = turn;
      const said = { senderId: agent_id, senderName: 'Cleo', clientMessageId: id, text: text ?? '' };
      const message = text === undefined ? undefined : makeMessage(channel_id, said);
      return write({ kind: 'turn-end', ends: makeEnding(turn), message, trace });
    },
  };
}

/** The end of a turn that has answered. */
export const makeEnding = ({ id, channel_id, root_id, hops }: TurnRow): TurnEnding => ({
  turnId: id,
  channelId: channel_id,
  serverId: defaultServerId,
  rootId: root_id,
  hops,
  outcome: 'answered',
  code: null,
});

/** What a job has made, or what was read back. */
export type Made = { entries: readonly LogEntry[] };
type EntryOf<K extends LogEntry['kind']> = LogEntry & { kind: K };

/** The entry of a kind; fails where there is none, or more than one. */
export function getEntry<K extends LogEntry['kind']>({ entries }: Made, kind: K): EntryOf<K> {
  const found = entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  assert.equal(found.length, 1, `${kind} among ${entries.map((entry) => entry.kind).join(', ') || 'nothing'}`);
  return found[0] as EntryOf<K>;
}

/** Each entry with its place. */
export const placesOf = ({ entries }: Made) => entries.map(({ kind, position }) => [kind, position]);

/** Claims the first turn of an agent in a room. */
export async function claim({ db }: Pick<Engine, 'db'>, channelId: string, agentId: string): Promise<TurnRow> {
  const [turn] = await claimTurns(db, [{ channelId, agentId }]);
  if (!turn) throw new Error('there is no turn to claim');
  return turn;
}

export const makeTrace = (over: Partial<TracesTable> = {}): TracesTable => ({
  turn_id: createId(),
  agent_id: 'cleo',
  channel_id: 'room',
  message_id: 'message',
  started_at: 1_000,
  ended_at: 2_000,
  outcome: 'answered',
  model: 'eliza',
  input_tokens: 10,
  output_tokens: 5,
  cost: 0.25,
  stages: '[]',
  ...over,
});

/** All of the log from a place on. */
export const everything = async ({ db }: Pick<Engine, 'db'>, after = 0) => ({
  after,
  upTo: await getLastPosition(db),
  limit: 1_000,
});
