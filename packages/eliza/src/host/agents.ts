/** The agents of the project, running: each with its plugins, its store, and a place in the host. */
import { setTimeout } from 'node:timers/promises';
import type { Core, ElizaOs, Plugin, ProjectAgentDefinition, Runtime } from './core.ts';
import { log } from './line.ts';
import { gatherPlugins } from './load/plugins.ts';
import { chooseStore, type Store } from './load/store.ts';
import { Unusable, wordsOf } from './load/unusable.ts';
import { readLogs } from './logs.ts';
import { redact } from './redact.ts';
import { registerSayings, usualSources } from './sayings.ts';
import { hookRuntime } from './turn/hooks.ts';

export type HostedAgent = {
  readonly runtime: Runtime;
  readonly store: string;
  /** One after the other: core looks whether a person or a room is there, and then makes it. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Rooms of this source are elizad's: what the agent says there of its own accord comes here. */
  hearSource(source: string): void;
  /** Turns under way, and those that it still thinks about. */
  turns: number;
};

export type HostedAgents = {
  readonly byId: ReadonlyMap<string, HostedAgent>;
  stop(): Promise<void>;
  /** Resolves when no agent is busy with a turn, or after `timeoutMs`. */
  whenIdle(timeoutMs: number): Promise<void>;
};

type Prepared = {
  readonly definition: ProjectAgentDefinition;
  readonly id: string;
  readonly plugins: readonly Plugin[];
};

/** Rejects where none of them starts. */
export async function startAgents(
  core: Core,
  directory: string,
  dataDir: string,
  definitions: readonly ProjectAgentDefinition[],
): Promise<HostedAgents> {
  const warn = (message: string) => log('warn', redact(message));
  const prepared: Prepared[] = [];
  for (const definition of definitions) {
    const { character } = definition;
    // Set on the project's own object, as the reference does: its code may read it there.
    character.id ??= core.stringToUuid(character.name);
    if (prepared.some(({ id }) => id === character.id))
      throw new Unusable(`two agents have the id ${character.id}: give them other names, or ids of their own`);
    prepared.push({ definition, id: character.id, plugins: await gatherPlugins(directory, definition, warn) });
  }
  const allPlugins = prepared.flatMap(({ plugins }) => plugins);
  const store = await chooseStore(core.version, directory, dataDir, allPlugins);
  const eliza = new core.ElizaOS();
  const byId = new Map<string, HostedAgent>();
  const problems: string[] = [];
  for (const one of prepared) {
    try {
      byId.set(one.id, await startAgent(core, eliza, one, store));
    } catch (error) {
      problems.push(`${one.definition.character.name} did not start: ${redact(wordsOf(error))}`);
      log('error', problems.at(-1) ?? '');
    }
  }
  if (byId.size === 0) throw new Error(problems.join('. '));
  return {
    byId,
    stop: () => eliza.stopAgents([...byId.keys()]),
    async whenIdle(timeoutMs) {
      const isBusy = () => [...byId.values()].some(({ turns }) => turns > 0);
      for (const deadline = Date.now() + timeoutMs; isBusy() && Date.now() < deadline; ) await setTimeout(20);
    },
  };
}

async function startAgent(
  core: Core,
  eliza: ElizaOs,
  { definition, id, plugins }: Prepared,
  store: Store,
): Promise<HostedAgent> {
  const { character, init } = definition;
  // The init of the project comes last: when its agent is ready, as in the reference.
  const { plugins: _named, ...withoutPlugins } = character;
  await eliza.addAgents([{ character: withoutPlugins as typeof character, plugins: [store.plugin(id), ...plugins] }]);
  const runtime = eliza.getAgent(id);
  if (!runtime) throw new Error('core did not keep it');
  readLogs(runtime.logger, { id, name: character.name });
  hookRuntime(core, runtime);
  await eliza.startAgents([id]);
  for (const source of usualSources) registerSayings(runtime, source);
  await init?.(runtime);

  const heard = new Set(usualSources);
  let last: Promise<unknown> = Promise.resolve();
  return {
    runtime,
    store: store.description,
    turns: 0,
    inTurn(work) {
      const next = last.then(work, work);
      last = next.catch(() => {});
      return next;
    },
    hearSource(source) {
      if (heard.has(source)) return;
      heard.add(source);
      registerSayings(runtime, source);
    },
  };
}
