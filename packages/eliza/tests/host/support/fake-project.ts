/** A project whose host is the fake one, with everything that the parent reports. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  openProject,
  type Project,
  type ProjectLimits,
  type ProjectLogLine,
  type ProjectPart,
  type ProjectTurn,
  type ProjectVerdict,
} from '../../../src/index.ts';

// Each host of a test has a folder of its own, and would compile everything again.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

export const fakeHost = join(import.meta.dirname, 'fake-host.ts');

export type FakeProject = {
  readonly project: Project;
  readonly lines: ProjectLogLine[];
  /** Names of its states, in their order. */
  readonly states: string[];
  /** The token of each host that was ready. */
  readonly infos: string[];
  /** Pids of the hosts that were started. */
  starts(): number[];
  run(text: string, options?: Partial<RunOptions>): Promise<Ran>;
};

type RunOptions = {
  readonly signal: AbortSignal;
  readonly tell: (part: ProjectPart) => void | Promise<void>;
  readonly id: string;
};

export type Ran = { readonly verdict: ProjectVerdict; readonly parts: readonly ProjectPart[] };

export function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'elizad-project-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function openFakeProject(
  t: TestContext,
  { environment = '', limits = {} }: { environment?: string; limits?: Partial<ProjectLimits> } = {},
): FakeProject {
  const folder = makeFolder(t);
  const directory = join(folder, 'fake');
  const dataDir = join(folder, 'data');
  mkdirSync(directory);
  writeFileSync(join(directory, '.env'), environment);
  const lines: ProjectLogLine[] = [];
  const states: string[] = [];
  const infos: string[] = [];
  const project = openProject({
    directory,
    dataDir,
    program: fakeHost,
    serverUrl: () => 'http://127.0.0.1:4321',
    onLog: (line) => lines.push(line),
    onSaying: () => {},
    onInfo: ({ routesToken }) => infos.push(routesToken),
    onState: ({ name }) => states.push(name),
    limits: { firstPauseMs: 20, mostPauseMs: 100, stopMs: 1_000, ...limits },
  });
  t.after(() => project.stop(0));
  return {
    project,
    lines,
    states,
    infos,
    starts: () => readStarts(join(dataDir, 'starts')),
    async run(text, { signal = new AbortController().signal, tell, id = crypto.randomUUID() } = {}) {
      const parts: ProjectPart[] = [];
      const keep = async (part: ProjectPart) => {
        parts.push(part);
        await tell?.(part);
      };
      const verdict = await project.run(makeTurn(text, { id }), keep, signal);
      return { verdict, parts };
    },
  };
}

const readStarts = (path: string): number[] =>
  existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [];

export const makeTurn = (text: string, changes: Partial<ProjectTurn> = {}): ProjectTurn => ({
  id: crypto.randomUUID(),
  agentId: '5f1d9f0e-5f0a-4b5e-8d3e-1a2b3c4d5e6f',
  timeoutMs: 30_000,
  room: { id: crypto.randomUUID(), name: 'Lab', type: 'DM', serverId: '00000000-0000-0000-0000-000000000000' },
  message: {
    id: crypto.randomUUID(),
    senderId: '0b0c7c1e-27c4-4a55-9a2f-64d4f0a0a001',
    senderName: 'Ann',
    text,
    createdAt: Date.now(),
    source: 'client_chat',
    attachments: [],
    inReplyTo: null,
    metadata: {},
  },
  ...changes,
});

export const textOf = (parts: readonly ProjectPart[]): string =>
  parts.map((part) => (part.type === 'chunk' || part.type === 'said' ? part.text : '')).join('');

/** Waits for something that no event announces, with a deadline. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; !isSo(); ) {
    if (Date.now() > deadline) throw new Error(`it never came to ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function isAlive(pid: number): boolean {
  try {
    // A process that has ended and was not waited for by its parent is still listed.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    try {
      return process.platform !== 'linux' && process.kill(pid, 0);
    } catch {
      return false;
    }
  }
}
