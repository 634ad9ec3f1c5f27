/** The agents of a project's module, in each of the shapes that the `elizaos` command takes. */
import type { Character, Plugin, ProjectAgentDefinition } from '../core.ts';
import type { ProjectModule } from './entry.ts';
import { testAgentOf } from './test-agent.ts';
import { Unusable } from './unusable.ts';

type Fields = { readonly [name: string]: unknown };

export function findAgents(project: ProjectModule): readonly ProjectAgentDefinition[] {
  const standard = unwrap(project.default);
  const listed = isFields(standard) && Array.isArray(standard.agents) ? standard.agents : project.agents;
  if (Array.isArray(listed)) {
    const agents = listed.map((one: unknown) => toAgent(one)).filter((one) => one !== undefined);
    if (agents.length > 0) return agents;
    throw new Unusable("the project's list of agents is empty, or its agents have no character with a name: add one");
  }
  const single = toAgent(standard) ?? toAgent(project);
  if (single) return [single];
  const plugin = [standard, ...Object.values(project)].find(isPlugin);
  if (plugin) return [testAgentOf(plugin)];
  const agents = Object.values(project).flatMap((value) => toAgent(value) ?? []);
  if (agents.length > 0) return agents;
  throw new Unusable(
    'the project exports no agent: its default export must be { agents: [{ character }] }, a character, or a plugin',
  );
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A CommonJS build of an ES module has its default export one deeper. */
const unwrap = (value: unknown): unknown => (isFields(value) && isFields(value.default) ? value.default : value);

function toAgent(value: unknown): ProjectAgentDefinition | undefined {
  if (!isFields(value)) return undefined;
  if (isCharacter(value.character)) return value as ProjectAgentDefinition;
  return isCharacter(value) && isSingleCharacter(value) ? { character: value } : undefined;
}

const isCharacter = (value: unknown): value is Character =>
  isFields(value) && typeof value.name === 'string' && value.name !== '';

/** A plugin has a name too. */
const isSingleCharacter = (value: Fields): boolean =>
  ['bio', 'system', 'messageExamples', 'style', 'topics'].some((field) => value[field] !== undefined);

const isPlugin = (value: unknown): value is Plugin =>
  isFields(value) && typeof value.name === 'string' && typeof value.description === 'string';
