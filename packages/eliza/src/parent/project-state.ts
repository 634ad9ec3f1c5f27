/** Whether a project can be used, and who hears when that changes. */

/** `reason` is in words, for the log and for the operator: never the text of a message. */
export type ProjectState = {
  readonly name: 'starting' | 'ready' | 'restarting' | 'unusable' | 'stopped';
  readonly reason: string;
};

export type StateKeeper = {
  get(): ProjectState;
  is(...names: readonly ProjectState['name'][]): boolean;
  change(name: ProjectState['name'], reason: string): void;
  /** The first state that answers whether the project can be used. */
  readonly first: Promise<ProjectState>;
  /** The next state that does. */
  settled(): Promise<ProjectState>;
};

export function keepState(onState: (state: ProjectState) => void): StateKeeper {
  let next = Promise.withResolvers<ProjectState>();
  const first = next.promise;
  let state: ProjectState = { name: 'starting', reason: 'the project starts' };
  return {
    get: () => state,
    is: (...names) => names.includes(state.name),
    change(name, reason) {
      state = { name, reason };
      onState(state);
      if (name === 'starting' || name === 'restarting') return;
      next.resolve(state);
      next = Promise.withResolvers();
    },
    first,
    settled: () => next.promise,
  };
}
