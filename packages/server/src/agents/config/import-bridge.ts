/**
 * What a config file imports, for as long as it is loaded: `elizad` is this running server where the file's own folder
 * has none (a server that was installed globally), and TypeScript needs no package.json with a type beside it.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../config.ts';

/** This package's entry, as it is run: TypeScript or JavaScript. */
const own = `${pathToFileURL(packageRoot).href}/`;
const entry = `${own}${import.meta.url.endsWith('.ts') ? 'src/index.ts' : 'dist/index.js'}`;

/** Opens the bridge for the config file at `main`; what is returned closes it. */
export function bridgeImports(main: string): () => void {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        const resolved = nextResolve(specifier, context);
        // This very package, which may be run from another place than its entry: it must not be there twice.
        if (specifier === 'elizad' && resolved.url.startsWith(own)) return { url: entry, shortCircuit: true };
        // Where nothing is chosen, nothing is said: `null` means something to a `require` of JSON.
        const format = resolved.format ? undefined : chooseFormat(resolved.url, main);
        return format ? { ...resolved, format } : resolved;
      } catch (error) {
        if (specifier === 'elizad') return { url: entry, shortCircuit: true };
        throw error;
      }
    },
  });
  return () => hooks.deregister();
}

/** Node would find out by itself, after a warning; a plain helper in JavaScript may still be CommonJS. */
function chooseFormat(url: string, main: string): string | undefined {
  if (!url.startsWith('file:') || url.includes('/node_modules/')) return undefined;
  if (url.endsWith('.ts')) return 'module-typescript';
  return url === main && url.endsWith('.js') ? 'module' : undefined;
}
