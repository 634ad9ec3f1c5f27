/** `npm run web:build`: packages/web into packages/web/dist, each file also as brotli and gzip, which the server hands out as they are. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { buildAside } from './build-aside.mjs';

const web = fileURLToPath(new URL('../packages/web/', import.meta.url));
const compressed = new Set(['.css', '.html', '.js', '.json', '.svg', '.webmanifest']);
const leastBytes = 512;

await buildAside(web, 'index.html', async (outDir) => {
  await build({ root: web, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !compressed.has(extname(entry.name))) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    if (bytes.length < leastBytes) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
});
