/**
 * Whose turn is next (stop 5 of the walk). Turns wait in lanes, one for each agent in each room; the store knows what is in a
 * lane, this remembers only which of them may have something. So a look costs the same however many turns wait.
 */
import type { Lane } from '../../storage/turns/turns.ts';

/** A lane whose first turn may begin. It keeps its place among those under way until it is given back. */
export type OpenLane = Lane & {
  /** Gives the place back. `mayHaveMore`: another turn may wait in the lane. */
  leave(mayHaveMore: boolean): void;
};

export type TurnLanes = {
  /** Something may wait in a lane. May be called at any time, as often as one likes. */
  note(lane: Lane): void;
  /** The next lane that may begin, or nothing: where none waits, or those that do have their share under way. */
  take(): OpenLane | undefined;
};

type Agent = { underWay: number; readonly waiting: Set<string> };
type Model = { underWay: number; readonly agents: Map<string, Agent> };

/**
 * Turns that an agent may have under way for each place of its model that is free: one that hangs leaves room for others of
 * the same model, and several of them together do too.
 */
const placesForFree = 3;

/** So many models may have all their places taken; of those beyond, each has at least one turn under way. */
const mostFullModels = 16;

/**
 * Each model has `places` of its own, so none waits for another. Among the agents of a model, and the rooms of an agent, it
 * goes in turns. `modelOf` says what an agent thinks with, and `isShared` whether there is more than one agent.
 */
export function createTurnLanes(options: {
  places: number;
  modelOf: (agentId: string) => string;
  isShared: () => boolean;
}): TurnLanes {
  const { places, modelOf, isShared } = options;
  const models = new Map<string, Model>();
  /** Of lanes that are under way: whether something came meanwhile. */
  const taken = new Map<string, boolean>();
  let underWay = 0;

  function note({ channelId, agentId }: Lane): void {
    const key = toKey(channelId, agentId);
    if (taken.has(key)) return void taken.set(key, true);
    const name = modelOf(agentId);
    const agent = agentIn(modelIn(name), agentId);
    agent.waiting.add(channelId);
    // It may have been given another model since.
    for (const [other, { agents }] of models) if (other !== name) moveWaiting(agents.get(agentId), agent);
  }

  function moveWaiting(from: Agent | undefined, to: Agent): void {
    for (const channelId of from?.waiting ?? []) to.waiting.add(channelId);
    from?.waiting.clear();
  }

  function modelIn(name: string): Model {
    const model = models.get(name) ?? { underWay: 0, agents: new Map() };
    models.set(name, model);
    return model;
  }

  function agentIn({ agents }: Model, id: string): Agent {
    const agent = agents.get(id) ?? { underWay: 0, waiting: new Set() };
    agents.set(id, agent);
    return agent;
  }

  function mayBegin(model: Model, agent: Agent): boolean {
    if (agent.waiting.size === 0) return false;
    return !isShared() || agent.underWay < placesForFree * (places - model.underWay);
  }

  function take(): OpenLane | undefined {
    for (const [name, model] of models) {
      if (model.underWay >= places || (model.underWay > 0 && underWay >= mostFullModels * places)) continue;
      for (const [agentId, agent] of model.agents) {
        if (!mayBegin(model, agent)) continue;
        // Behind all others, until it is their turn again.
        moveToEnd(models, name, model);
        moveToEnd(model.agents, agentId, agent);
        return open(name, model, agentId, agent);
      }
    }
    return undefined;
  }

  function open(name: string, model: Model, agentId: string, agent: Agent): OpenLane {
    const [channelId = ''] = agent.waiting;
    const lane = { channelId, agentId };
    const key = toKey(channelId, agentId);
    agent.waiting.delete(channelId);
    taken.set(key, false);
    const count = (by: 1 | -1) => {
      underWay += by;
      model.underWay += by;
      agent.underWay += by;
    };
    count(1);
    return {
      ...lane,
      leave(mayHaveMore) {
        count(-1);
        const isNoted = taken.get(key) === true;
        taken.delete(key);
        if (agent.underWay === 0 && agent.waiting.size === 0) model.agents.delete(agentId);
        if (model.underWay === 0 && model.agents.size === 0) models.delete(name);
        if (mayHaveMore || isNoted) note(lane);
      },
    };
  }

  return { note, take };
}

const toKey = (channelId: string, agentId: string): string => `${channelId} ${agentId}`;

function moveToEnd<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
}
