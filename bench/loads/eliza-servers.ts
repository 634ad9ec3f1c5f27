/** One project of Eliza OS, the published starter with models that take no time, on elizad and on the reference server. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fetchPackage, projectStarter } from '../../official/support/fetch-package.ts';
import { installTools } from '../../official/support/install-tools.ts';
import { command, type Server, startElizad, startProgram } from '../processes.ts';

/** The starter's only agent, on both. */
export const agentId = 'b850bc30-45f8-0041-a00a-83df46d8555d';

/** What its package.json calls its main file is not among its published files: there is room for a plugin beside its own. */
const main = `import starter from '../index.js';
import { instant } from '../../instant-plugin.js';
export default { agents: starter.agents.map((agent) => ({ ...agent, plugins: [...(agent.plugins ?? []), instant] })) };
`;

/** Fetches the reference server, the first time; the minutes that it takes are the caller's to announce. */
export const install = (): string => join(installTools('eliza-server'), 'node_modules');

/** Returns the folder of the project. */
export function writeProject(folder: string): string {
  const project = join(folder, 'project');
  cpSync(fetchPackage(projectStarter), project, { recursive: true });
  cpSync(join(import.meta.dirname, 'instant-plugin.js'), join(project, 'instant-plugin.js'));
  mkdirSync(join(project, 'dist/src'), { recursive: true });
  writeFileSync(join(project, 'dist/src/index.js'), main);
  symlinkSync(install(), join(project, 'node_modules'));
  return project;
}

export type Begin = (folder: string, project: string) => Promise<Server>;

/** As `npm start -- --project` runs it. */
export const beginElizad: Begin = async (folder, project) => {
  const server = await startElizad({ script: command, dataDir: join(folder, 'data'), args: ['--project', project] });
  await untilActive(server.url, 10);
  return server;
};

/** As `elizaos start` runs it, without its build, which would remove the files of a starter that has no sources. */
export const beginReference: Begin = async (folder, project) => {
  const modules = install();
  const port = await findPort();
  const env = {
    PATH: `${join(modules, '@oven', bunPackage(), 'bin')}:${process.env.PATH}`,
    HOME: folder,
    SERVER_HOST: '127.0.0.1',
    ELIZA_TEST_MODE: 'true',
    LOG_LEVEL: 'error',
  };
  const cli = join(modules, '@elizaos/cli/dist/index.js');
  const url = `http://127.0.0.1:${port}`;
  const server = startProgram('bun', [cli, 'start', '--port', String(port)], { url, cwd: project, env });
  // It counts requests, and its own as well, and answers no more of a minute than a number of them.
  await untilActive(url, 200);
  return server;
};

const bunPackage = (): string =>
  `bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`.replace('win32', 'windows');

async function findPort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const mostMs = 120_000;

type Agents = { data?: { agents?: { id: string; status: string }[] } };

async function untilActive(url: string, everyMs: number): Promise<void> {
  for (const end = Date.now() + mostMs; Date.now() < end; await setTimeout(everyMs)) {
    const { data } = await fetch(`${url}/api/agents`)
      .then((response) => response.json() as Promise<Agents>)
      // It does not listen yet.
      .catch((): Agents => ({}));
    if (data?.agents?.some(({ id, status }) => id === agentId && status === 'active')) return;
  }
  throw new Error(`the agent was not active within ${mostMs} ms`);
}
