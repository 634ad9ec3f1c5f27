/** `npm run web:build`: packages/web into packages/web/dist, each file also as brotli and gzip, which the server hands out as they are. */
import { readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const web = fileURLToPath(new URL('../packages/web/', import.meta.url));
const dist = join(web, 'dist');
// Two that build at once do not see each other's half.
const outDir = join(web, 'node_modules', `.build-${process.pid}`);
const compressed = new Set(['.css', '.html', '.js', '.json', '.svg', '.webmanifest']);
const leastBytes = 512;

try {
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
  rmSync(dist, { recursive: true, force: true });
  renameSync(outDir, dist);
  utimesSync(join(dist, 'index.html'), new Date(), new Date());
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
