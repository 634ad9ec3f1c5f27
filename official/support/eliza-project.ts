/** Projects of Eliza OS in a folder of their own, on packages as they were published, opened as elizad opens them. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  openProject,
  type Project,
  type ProjectInfo,
  type ProjectLimits,
  type ProjectLogLine,
  type ProjectPart,
  type ProjectRoom,
  type ProjectSaying,
  type ProjectTurn,
  type ProjectUsage,
  type ProjectVerdict,
  routesTokenHeader,
} from '../../packages/eliza/src/index.ts';
import { fetchPackage, projectStarter } from './fetch-package.ts';
import { installTools } from './install-tools.ts';

const lab = fileURLToPath(new URL('../eliza-project/lab.ts', import.meta.url));

/** What its package.json calls its main file is not among its published files: there is room for our plugin beside its own. */
const mainWithLab = `import starter from '../index.js';
import { lab } from '../../lab.ts';
export default { agents: starter.agents.map((agent) => ({ ...agent, plugins: [...(agent.plugins ?? []), lab] })) };
`;

/** The starter, every file as it was published, with a plugin more where `files` do not say otherwise. */
export const writeStarter = (
  t: Pick<TestContext, 'after'>,
  files: Readonly<Record<string, string>> = { 'dist/src/index.js': mainWithLab },
) => writeProject(t, files, { from: fetchPackage(projectStarter) });

/** Writes a project; its node_modules are those that a folder of `official/tools` asks for. Returns its folder. */
export function writeProject(
  t: Pick<TestContext, 'after'>,
  files: Readonly<Record<string, string>>,
  { from, tools = 'eliza-project' }: { from?: string; tools?: string } = {},
): string {
  const around = mkdtempSync(join(tmpdir(), 'elizad-test-'));
  t.after(() => rmSync(around, { recursive: true, force: true }));
  const folder = join(around, 'project');
  if (from !== undefined) cpSync(from, folder, { recursive: true });
  linkModules(join(installTools(tools), 'node_modules'), join(folder, 'node_modules'));
  cpSync(lab, join(folder, 'lab.ts'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Each package is a link, so that a package of the test can stand beside them. */
function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === '@elizaos') linkModules(join(from, name), join(to, name));
    else symlinkSync(join(from, name), join(to, name));
  }
}

export type OpenedProject = {
  readonly project: Project;
  readonly info: ProjectInfo;
  readonly agentId: string;
  readonly room: ProjectRoom;
  readonly lines: ProjectLogLine[];
  readonly sayings: ProjectSaying[];
  readonly usages: ProjectUsage[];
  ask(text: string, options?: Partial<AskOptions>): Promise<Asked>;
  /** A request to the host's own server, with its token. */
  route(path: string, init?: RequestInit): Promise<Response>;
};

type AskOptions = {
  readonly room: ProjectRoom;
  readonly signal: AbortSignal;
  readonly turn: Partial<ProjectTurn>;
  readonly messageId: string;
  tell(part: ProjectPart): void | Promise<void>;
};

export type Asked = {
  readonly verdict: ProjectVerdict;
  readonly parts: readonly ProjectPart[];
  /** Everything that was said, and everything that was streamed. */
  readonly said: string;
  readonly streamed: string;
};

export const makeRoom = (changes: Partial<ProjectRoom> = {}): ProjectRoom => ({
  id: crypto.randomUUID(),
  name: 'Lab',
  type: 'DM',
  serverId: '00000000-0000-0000-0000-000000000000',
  ...changes,
});

export const ann = { id: '0b0c7c1e-27c4-4a55-9a2f-64d4f0a0a001', name: 'Ann' };

export async function openWritten(
  t: TestContext,
  directory: string,
  limits: Partial<ProjectLimits> = {},
): Promise<OpenedProject> {
  const lines: ProjectLogLine[] = [];
  const sayings: ProjectSaying[] = [];
  const usages: ProjectUsage[] = [];
  const project = openProject({
    directory,
    dataDir: join(directory, '../data'),
    onLog: (line) => lines.push(line),
    onSaying: (saying) => sayings.push(saying),
    onUsage: (usage) => usages.push(usage),
    onInfo: () => {},
    onState: () => {},
    limits,
  });
  t.after(() => project.stop(1_000));
  const { name, reason } = await project.whenReady();
  const first = project.info();
  if (name !== 'ready' || !first)
    throw new Error(`${name}: ${reason}\n${lines.map(({ message }) => message).join('\n')}`);
  const room = makeRoom();
  const agentId = first.agents[0]?.id ?? '';
  const info = () => project.info() ?? first;
  return {
    project,
    get info() {
      return info();
    },
    agentId,
    room,
    lines,
    sayings,
    usages,
    async ask(text, options = {}) {
      const parts: ProjectPart[] = [];
      const tell = async (part: ProjectPart) => {
        parts.push(part);
        await options.tell?.(part);
      };
      const turn = makeTurn(agentId, options.room ?? room, text, options);
      const verdict = await project.run(turn, tell, options.signal ?? new AbortController().signal);
      const join = (type: 'said' | 'chunk') =>
        parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
      return { verdict, parts, said: join('said'), streamed: join('chunk') };
    },
    route: (path, init) =>
      fetch(`http://127.0.0.1:${info().routesPort}${path}`, {
        ...init,
        headers: { ...(init?.headers as Record<string, string>), [routesTokenHeader]: info().routesToken },
      }),
  };
}

const makeTurn = (agentId: string, room: ProjectRoom, text: string, options: Partial<AskOptions>): ProjectTurn => ({
  id: crypto.randomUUID(),
  agentId,
  room,
  timeoutMs: 30_000,
  message: {
    id: options.messageId ?? crypto.randomUUID(),
    senderId: ann.id,
    senderName: ann.name,
    text,
    createdAt: Date.now(),
    source: room.type === 'DM' ? 'client_chat' : 'client_group_chat',
    attachments: [],
    inReplyTo: null,
    metadata: {},
  },
  ...options.turn,
});
