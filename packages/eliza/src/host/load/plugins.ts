/** The plugins of an agent, in the order of the reference: those of its character, then those of the project. */
import { pathToFileURL } from 'node:url';
import type { Plugin, ProjectAgentDefinition } from '../core.ts';
import { resolveFrom } from './resolve.ts';
import { Unusable, wordsOf } from './unusable.ts';

/** Its place is taken by our own store, or by the plugin itself: see the store. */
export const sqlPluginName = '@elizaos/plugin-sql';

/** By value, with what they depend on; without plugin-sql. A plugin that is not installed is reported to `warn`. */
export async function gatherPlugins(
  directory: string,
  { character, plugins }: ProjectAgentDefinition,
  warn: (message: string) => void,
): Promise<Plugin[]> {
  const found = new Map<string, Plugin>();
  const named = new Set<string>();
  const waiting: unknown[] = [...toList(character.plugins), ...toList(plugins)];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (typeof next === 'string' && named.has(shortName(next))) continue;
    const plugin = typeof next === 'string' ? await loadPlugin(directory, next, warn) : next;
    if (typeof next === 'string') named.add(shortName(next));
    if (!isPlugin(plugin) || plugin.name === sqlPluginName || found.has(plugin.name)) continue;
    found.set(plugin.name, plugin);
    named.add(shortName(plugin.name));
    waiting.push(
      ...toList(plugin.dependencies).filter((name) => typeof name === 'string' && !named.has(shortName(name))),
    );
  }
  return [...found.values()];
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `@elizaos/plugin-discord`, and the name that the plugin has itself, `discord`. */
const shortName = (name: string): string => /^@[^/]+\/plugin-(.+)$/.exec(name)?.[1] ?? name;

async function loadPlugin(directory: string, name: string, warn: (message: string) => void): Promise<unknown> {
  if (name === sqlPluginName) return undefined;
  try {
    const library = (await import(pathToFileURL(resolveFrom(directory, name)).href)) as Record<string, unknown>;
    const plugin = findPlugin(name, library);
    if (plugin === undefined) warn(`${name} exports no plugin, and is left out`);
    return plugin;
  } catch (error) {
    const isBootstrap = /bootstrap/.test(name);
    // Without it the agent has no actions and no providers: it would answer nonsense.
    if (isBootstrap) throw new Unusable(`the plugin ${name} cannot be loaded (${wordsOf(error)}): ${adviseOn(error)}`);
    warn(`the plugin ${name} cannot be loaded, and is left out (${wordsOf(error)}): ${adviseOn(error)}`);
    return undefined;
  }
}

function adviseOn(error: unknown): string {
  const words = wordsOf(error);
  if (/does not provide an export named/.test(words))
    return 'it is made for another version of what it imports, such as @elizaos/core: install a version that fits the project';
  if (/is not installed|Cannot find (module|package)/.test(words)) return 'install it in the project';
  return 'see whether there is a version that runs on Node';
}

function findPlugin(name: string, library: Record<string, unknown>): Plugin | undefined {
  const expected = `${shortName(name)
    .replace(/^@[^/]+\//, '')
    .replace(/-./g, ([, letter = '']) => letter.toUpperCase())}Plugin`;
  for (const candidate of [library[expected], library.default, ...Object.values(library)]) {
    if (isPlugin(candidate)) return candidate;
    if (typeof candidate !== 'function' || candidate.length > 0 || isClass(candidate)) continue;
    try {
      const made: unknown = candidate();
      if (isPlugin(made)) return made;
    } catch {
      // Not a maker of plugins.
    }
  }
  return undefined;
}

const isClass = (value: object): boolean => /^class\b/.test(Function.prototype.toString.call(value));

const parts = ['init', 'services', 'providers', 'actions', 'evaluators', 'models', 'routes', 'events', 'description'];

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return typeof fields.name === 'string' && fields.name !== '' && parts.some((part) => Boolean(fields[part]));
}
