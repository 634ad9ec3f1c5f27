/** A directory that behaves like the kernel's configfs-tsm: who makes a report in it and tells what to sign finds it signed. */
import { existsSync, mkdirSync, readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeDir } from './test-server.ts';

/** `seen` are the reports that were made. The quote is `signed:` and the 64 bytes; other sizes are refused, as hardware does. */
export function openFakeTsm(t: TestContext): { path: string; seen: string[] } {
  const path = join(makeDir(t), 'report');
  mkdirSync(path);
  const seen: string[] = [];
  const serve = (name: string | null) => {
    const report = join(path, name ?? '');
    if (!name || seen.includes(name) || !existsSync(report)) return;
    seen.push(name);
    const inside = watch(report, () => sign());
    const sign = () => {
      const inblob = existsSync(join(report, 'inblob')) ? readFileSync(join(report, 'inblob')) : Buffer.alloc(0);
      if (inblob.length !== 64 || existsSync(join(report, 'outblob'))) return;
      inside.close();
      writeFileSync(join(report, 'provider'), 'tdx_guest\n');
      writeFileSync(join(report, 'generation'), '1\n');
      writeFileSync(join(report, 'draft'), Buffer.concat([Buffer.from('signed:'), inblob]));
      renameSync(join(report, 'draft'), join(report, 'outblob'));
    };
    sign();
  };
  const watcher = watch(path, (_event, name) => serve(name));
  t.after(() => watcher.close());
  return { path, seen };
}
