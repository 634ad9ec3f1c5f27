/** A node of the tree of the world: what is drawn of it, and what is beside it when it is chosen. */
import type { RestOutput } from 'elizad-client';
import type { Agent } from '../../state/app-state.ts';

export type Server = RestOutput<'list-message-servers'>['data']['messageServers'][number];
export type Channel = RestOutput<'list-message-server-channels'>['data']['channels'][number];
export type Participant = RestOutput<'list-central-channel-participants'>['data'][number];

export type NodeKind = 'server' | 'room' | 'agents' | 'agent' | 'person' | 'more' | 'note';

export type WorldNode = {
  /** Unique in the tree: somebody is in it once for each room. */
  key: string;
  kind: NodeKind;
  /** What it is of: a room, an agent, a person, a server. */
  id: string;
  name: string;
  /** Beside the name: how many, or the state in words. */
  state: string;
  /** Something goes on there now. */
  isBusy: boolean;
  depth: number;
  isOpen?: boolean;
  parent?: string;
  value: unknown;
};

/** What goes on in a room, as its members are told. */
export type RoomLife = {
  /** Who types, by id. */
  typing: ReadonlySet<string>;
  /** Which agents are at an answer, by id. */
  answering: ReadonlySet<string>;
  /** Who is known to be in the room now, by id. */
  online: ReadonlySet<string>;
  isWaiting: boolean;
};

export type World = {
  myId?: string | undefined;
  servers: readonly Server[];
  agents: readonly Agent[];
  /** By the id of the server: the pages that were asked for. */
  channels: Readonly<Record<string, { list: readonly Channel[]; next?: string | undefined }>>;
  participants: Readonly<Record<string, readonly Participant[]>>;
  life: Readonly<Record<string, RoomLife>>;
  /** When something last changed, by the id of a room, an agent or a person. */
  changedAt: Readonly<Record<string, number>>;
  isLoaded: boolean;
};

export const emptyWorld: World = {
  servers: [],
  agents: [],
  channels: {},
  participants: {},
  life: {},
  changedAt: {},
  isLoaded: false,
};

export const quietLife: RoomLife = {
  typing: new Set(),
  answering: new Set(),
  online: new Set(),
  isWaiting: false,
};
