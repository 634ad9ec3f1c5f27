import { execSync } from 'node:child_process';
import { makeFolder, readCpuSeconds, startElizad, startLoad, profiling } from './processes.ts';
import { writeAgents } from './turn.ts';
const [kind, folder, runs='12', ...where] = process.argv.slice(2);
const env = { MAX_SENDS_PER_SECOND: '1000000' };
const names = where.length ? where : ['ours', 'theirs'];
const scripts: Record<string,string> = { ours: '/work/main/packages/server/src/cli/main.ts', theirs: '/tmp/base/packages/server/src/cli/main.ts' };
const both: any = {};
const args = writeAgents(makeFolder().path);
for (const name of names) {
  if (folder && folder !== '-') profiling.folder = `${folder}/${name}`;
  const server = await startElizad({ script: scripts[name] ?? name, env, args });
  const clients: any = startLoad(kind === 'fan' ? 'load-sockets.ts' : 'load-clients.ts');
  let run: any;
  if (kind === 'fan') { await clients.ask('connect', { url: server.url, count: 500, isInRoom: true }); run = () => clients.ask('say', { seconds: 0.8, window: 100 }).then((r: any) => ({ count: r.deliveries, ms: r.ms })); }
  if (kind === 'many') { await clients.ask('connect', { url: server.url, count: 200, rooms: 200 }); run = () => clients.ask('send', { seconds: 1, window: 1 }); }
  if (kind === 'few') { await clients.ask('connect', { url: server.url, count: 20, rooms: 20 }); run = () => clients.ask('send', { seconds: 1, window: 50 }); }
  if (kind === 'turn') { await clients.ask('connect', { url: server.url, count: 10, rooms: 10, agentNames: ['the built-in Eliza'] }); run = () => clients.ask('converse', { seconds: 1 }); }
  await run();
  both[name] = { server, clients, run, cpu: [], rate: [], n: 0 };
}
const med = (a: number[]) => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)]!;
for (let i = 0; i < Number(runs); i++)
  for (const name of i % 2 ? names : [...names].reverse()) {
    const { server, run, cpu, rate } = both[name];
    const b = readCpuSeconds(server.pid);
    const r = await run();
    cpu.push((readCpuSeconds(server.pid) - b) / r.count * 1e6); rate.push(r.count / r.ms * 1000); both[name].n += r.count;
  }
for (const n of names) console.log(n, 'messages', both[n].n, 'rate', med(both[n].rate).toFixed(0), 'cpu', med(both[n].cpu).toFixed(3));
const [a, b] = names.map((n) => both[n]); if (b) console.log('ratio rate', (med(a.rate) / med(b.rate)).toFixed(3), 'cpu', (med(a.cpu) / med(b.cpu)).toFixed(3));
for (const { server, clients } of Object.values(both) as any) { await server[Symbol.asyncDispose](); await clients[Symbol.asyncDispose](); }
process.exit(0);
