/** The world as the rows of a tree: only what is open is walked, so that what is closed costs nothing. */
import { quietLife, type World, type WorldNode } from './world-node.ts';

const agentsKey = 'agents';

type Place = { depth: number; parent?: string };

/** `needle` is in lower case. With one, all that is loaded is looked through, and shown with what it is in. */
export function listNodes(world: World, open: ReadonlySet<string>, needle: string): WorldNode[] {
  const nodes: WorldNode[] = [];
  const isWanted = (name: string, id: string) => name.toLowerCase().includes(needle) || id === needle;

  const busyAgents = new Set(Object.values(world.life).flatMap(({ answering }) => [...answering]));
  const agents = needle === '' ? world.agents : world.agents.filter(({ id, name }) => isWanted(name, id));
  if (needle === '' || agents.length > 0) {
    const isOpen = needle !== '' || open.has(agentsKey);
    nodes.push({
      key: agentsKey,
      kind: 'agents',
      id: agentsKey,
      name: 'Agents',
      state: String(agents.length),
      isBusy: false,
      depth: 0,
      isOpen,
      value: world.agents,
    });
    if (isOpen)
      for (const agent of agents) {
        const isBusy = busyAgents.has(agent.id);
        const state = agent.status === 'active' ? (isBusy ? 'answering' : 'runs') : 'stopped';
        nodes.push({
          key: `agent ${agent.id}`,
          kind: 'agent',
          id: agent.id,
          name: agent.name,
          state,
          isBusy,
          depth: 1,
          parent: agentsKey,
          value: agent,
        });
      }
  }

  for (const server of world.servers) {
    const { list = [], next } = world.channels[server.id] ?? {};
    const isLoaded = server.id in world.channels;
    const rooms = needle === '' ? [] : listRooms(world, list, open, isWanted, { depth: 1, parent: server.id }, needle);
    if (needle !== '' && rooms.length === 0 && !isWanted(server.name, server.id)) continue;
    const isOpen = needle !== '' || open.has(server.id);
    nodes.push({
      key: server.id,
      kind: 'server',
      id: server.id,
      name: server.name,
      state: isLoaded ? `${list.length}${next ? '+' : ''} ${list.length === 1 && !next ? 'room' : 'rooms'}` : '',
      isBusy: false,
      depth: 0,
      isOpen,
      value: server,
    });
    if (!isOpen) continue;
    const place = { depth: 1, parent: server.id };
    for (const node of needle === '' ? listRooms(world, list, open, isWanted, place, needle) : rooms) nodes.push(node);
    if (!isLoaded) nodes.push(note(server.id, 'Loading…', 1));
    else if (list.length === 0 && needle === '') nodes.push(note(server.id, 'No rooms yet.', 1));
    if (next) {
      const name = needle === '' ? 'Load more rooms' : 'Load more rooms and search them too';
      nodes.push({ ...note(server.id, name, 1), key: `more ${server.id}`, kind: 'more' });
    }
  }
  return nodes;
}

function listRooms(
  world: World,
  rooms: World['channels'][string]['list'],
  open: ReadonlySet<string>,
  isWanted: (name: string, id: string) => boolean,
  { depth, parent }: Place,
  needle: string,
): WorldNode[] {
  const nodes: WorldNode[] = [];
  for (const room of rooms) {
    const known = world.participants[room.id];
    const found = needle === '' ? known : known?.filter(({ id, name }) => isWanted(name, id));
    const hasFound = needle !== '' && (found?.length ?? 0) > 0;
    if (needle !== '' && !hasFound && !isWanted(room.name, room.id) && !isWanted(nameRoom(world, room), room.id))
      continue;
    const life = world.life[room.id] ?? quietLife;
    const isOpen = open.has(room.id) || hasFound;
    nodes.push({
      key: room.id,
      kind: 'room',
      id: room.id,
      name: nameRoom(world, room),
      state: describeRoom(life, room.type),
      isBusy: life.answering.size > 0 || life.typing.size > 0 || life.isWaiting,
      depth,
      isOpen,
      parent,
      value: room,
    });
    if (!isOpen) continue;
    if (!known) nodes.push(note(room.id, 'Loading…', depth + 1));
    else if (known.length === 0) nodes.push(note(room.id, 'Nobody is in it.', depth + 1));
    for (const one of (hasFound ? found : known) ?? []) {
      const { id, name, isAgent } = one;
      const isBusy = life.answering.has(id) || life.typing.has(id);
      nodes.push({
        key: `${room.id} ${id}`,
        kind: isAgent ? 'agent' : 'person',
        id,
        name,
        state: describeOne(world, life, id, isAgent),
        isBusy,
        depth: depth + 1,
        parent: room.id,
        value: one,
      });
    }
  }
  return nodes;
}

/** A DM that nobody named has two ids for a name: it is shown as the agent in it. */
function nameRoom({ agents }: World, { name, type }: World['channels'][string]['list'][number]): string {
  if (type.toUpperCase() !== 'DM' || !name.startsWith('DM-')) return name;
  const agent = agents.find(({ id }) => name.includes(id));
  return agent ? `DM with ${agent.name}` : name;
}

const note = (parent: string, name: string, depth: number): WorldNode => ({
  key: `note ${parent}`,
  kind: 'note',
  id: parent,
  name,
  state: '',
  isBusy: false,
  depth,
  parent,
  value: null,
});

function describeRoom({ answering, typing, isWaiting }: World['life'][string], type: string): string {
  if (answering.size > 0) return 'an answer is made';
  if (isWaiting) return 'waits for an answer';
  return typing.size > 0 ? 'somebody types' : type.toUpperCase();
}

function describeOne(world: World, life: World['life'][string], id: string, isAgent: boolean): string {
  if (life.answering.has(id)) return 'answering';
  if (life.typing.has(id)) return 'typing';
  if (isAgent) return world.agents.find((agent) => agent.id === id)?.status === 'inactive' ? 'stopped' : 'agent';
  if (id === world.myId) return 'you';
  return life.online.has(id) ? 'online' : 'person';
}
