/** Starts an Eliza OS project once, to see what of it works here, and stops it again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ProjectAgent, ProjectInfo, ProjectLogLine } from 'elizad-eliza';

export type Examination = {
  readonly directory: string;
  /** Undefined where it cannot be run: `problem` says why, and what to do. */
  readonly info: ProjectInfo | undefined;
  readonly problem: string;
  /** What the project warned of as it started. */
  readonly warnings: readonly string[];
  readonly startMs: number;
};

/** How long services have to start after the agents, in ms; and how long a start may take. */
const settleMs = 1_500;
const longestStartMs = 60_000;
const mostWarnings = 50;

/** What its plugins remember stays as it is: it is started with an empty store. */
export async function examineProject(given: string): Promise<Examination> {
  const { openProject } = await import('elizad-eliza');
  const directory = resolve(given);
  const dataDir = await mkdtemp(join(tmpdir(), 'elizad-doctor-'));
  const warnings = new Set<string>();
  const note = ({ level, message }: ProjectLogLine) => {
    if (['warn', 'error', 'fatal'].includes(level) && warnings.size < mostWarnings) warnings.add(message);
  };
  const began = performance.now();
  const ignore = () => {};
  const known = new AbortController();
  const project = openProject({ directory, dataDir, onLog: note, onSaying: ignore, onInfo: ignore, onState: ignore });
  try {
    const state = await Promise.race([project.whenReady(), after(longestStartMs, known.signal)]);
    const startMs = Math.round(performance.now() - began);
    if (state?.name === 'ready') await after(settleMs, known.signal);
    const problem = state ? state.reason : `it was not ready after ${longestStartMs / 1_000} s`;
    return {
      directory,
      info: state?.name === 'ready' ? project.info() : undefined,
      problem,
      warnings: [...warnings],
      startMs,
    };
  } finally {
    // A timer that nobody waits for any more would keep the process for a minute.
    known.abort();
    await project.stop(settleMs);
    await rm(dataDir, { recursive: true, force: true });
  }
}

export const canAnswer = ({ models }: Pick<ProjectAgent, 'models'>): boolean => models.includes('TEXT_LARGE');

/** What an agent needs to answer, and does not have; in words. */
export function listLacks(agent: ProjectAgent): string[] {
  const { models, actions } = agent;
  const lacks: string[] = [];
  if (!canAnswer(agent))
    lacks.push(
      'no model for text: install a plugin such as @elizaos/plugin-openai, and set its key in the .env of the project',
    );
  if (!models.includes('TEXT_EMBEDDING')) lacks.push('no model for embeddings: it remembers nothing by meaning');
  if (!actions.includes('REPLY')) lacks.push('no action REPLY: add @elizaos/plugin-bootstrap to its plugins');
  return lacks;
}

const after = (ms: number, signal: AbortSignal): Promise<undefined> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);
