/** Finds packages as code of the project would: from its folder upwards, for `import`. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of a package, or undefined where the project does not have it. */
export function findPackage(directory: string, name: string): string | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

type Exports = string | null | readonly Exports[] | { readonly [condition: string]: Exports };

/**
 * The file that `import` would load. `require.resolve` knows only what `require` may load, and many plugins are for
 * `import` alone: their package.json is read here.
 */
export function resolveFrom(directory: string, name: string): string {
  const [scopeOrName = '', second] = name.split('/');
  const packageName = scopeOrName.startsWith('@') ? `${scopeOrName}/${second}` : scopeOrName;
  const subpath = `.${name.slice(packageName.length)}`;
  const folder = findPackage(directory, packageName);
  if (folder === undefined) throw new Error(`${packageName} is not installed`);
  const { exports, module, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports?: Exports;
    module?: string;
    main?: string;
  };
  const target = exports === undefined ? undefined : pickTarget(exports, subpath);
  if (target !== undefined) return join(folder, target);
  if (subpath === '.' && exports === undefined) {
    for (const file of [module, main, 'index.js'])
      if (file !== undefined && existsSync(join(folder, file))) return join(folder, file);
  }
  return createRequire(join(directory, 'package.json')).resolve(name);
}

const conditions = new Set(['node', 'import', 'module-sync', 'default']);

function pickTarget(exports: Exports, subpath: string): string | undefined {
  if (typeof exports === 'object' && exports !== null && !Array.isArray(exports)) {
    const entries = Object.entries(exports);
    if (entries.some(([key]) => key.startsWith('.'))) {
      const found = entries.find(([key]) => key === subpath);
      return found && pickCondition(found[1]);
    }
  }
  return subpath === '.' ? pickCondition(exports) : undefined;
}

function pickCondition(target: Exports): string | undefined {
  if (typeof target === 'string') return target;
  if (target === null) return undefined;
  const choices = Array.isArray(target)
    ? target
    : Object.entries(target).flatMap(([condition, choice]) => (conditions.has(condition) ? [choice] : []));
  for (const choice of choices) {
    const picked = pickCondition(choice);
    if (picked !== undefined) return picked;
  }
  return undefined;
}
