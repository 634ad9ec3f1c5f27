/**
 * The server as few files, into packages/server/dist: what `npm start` runs. Its time to ready is mostly the reading of
 * modules, and two of its libraries alone are 350 of them; the others stay where they are. See docs/performance.md.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildAside } from './build-aside.mjs';

const server = fileURLToPath(new URL('../packages/server/', import.meta.url));

await buildAside(server, 'main.js', (outDir) =>
  build({
    configFile: false,
    root: server,
    logLevel: 'warn',
    ssr: { noExternal: [/^elizad-(client|protocol|eliza)/, 'kysely', 'zod'] },
    build: {
      ssr: true,
      target: 'node24',
      outDir,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        // The host of a project is a program of its own, which the parent looks for in a folder of that name.
        input: { main: 'src/cli/main.ts', index: 'src/index.ts', 'host/main': '../eliza/src/host/main.ts' },
        // As deep as the folders of the sources: what they find beside themselves they find here.
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  }),
);
