/** `elizad doctor`: what of an Eliza OS project works here, and what does not, and why. */
import type { ProjectAgent } from 'elizad-eliza';
import { canAnswer, type Examination, examineProject, listLacks } from '../agents/projects/examine.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { howToRun } from '../settings/how-to-run.ts';
import { tellStep } from './check.ts';

/** Names that are listed of each kind. */
const mostNames = 12;

export async function doctor(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    tellStep(`starting the project in ${directory} once, with an empty store`);
    const examination = await examineProject(directory);
    process.stdout.write(toTerminalText(`\n${format(examination)}\n`));
    if (!examination.info?.agents.every(canAnswer)) process.exitCode = 1;
  }
}

function format({ directory, info, problem, warnings, startMs }: Examination): string {
  const warned = warnings.length > 0 ? ['', 'It warned:', ...warnings.map((line) => `  ${line}`)] : [];
  if (!info) return [`✖ ${directory} cannot be run: ${problem}`, ...warned, ''].join('\n');
  const lines = [
    `✔ ${info.name}: @elizaos/core ${info.coreVersion}, ready after ${startMs} ms`,
    ...info.agents.flatMap(formatAgent),
    ...warned,
    '',
  ];
  const isUsable = info.agents.every(canAnswer);
  lines.push(
    isUsable
      ? `To run it: ${howToRun('serve', `--project ${directory}`)}`
      : 'It starts, but not every agent can answer.',
  );
  return `${lines.join('\n')}\n`;
}

function formatAgent(agent: ProjectAgent): string[] {
  const { character, plugins, models, actions, providers, evaluators, services, panels, routes, store } = agent;
  const rows: [string, string][] = [
    ['plugins', list(plugins)],
    ['models', list(models)],
    ['actions', list(actions)],
    ['providers', list(providers)],
    ['evaluators', list(evaluators)],
    ['services', list(services)],
    ['routes', list(routes.map((name) => `/${name}/…`))],
    ['panels', list(panels.map(({ name }) => name))],
    ['store', store],
  ];
  const lacks = listLacks(agent);
  return [
    '',
    `${canAnswer(agent) ? '✔' : '✖'} ${String(character.name)}`,
    ...rows.map(([what, found]) => `  ${what.padEnd(11)} ${found}`),
    ...lacks.map((lack) => `  ! ${lack}`),
  ];
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length > mostNames ? `, and ${names.length - mostNames} more` : '';
  return names.slice(0, mostNames).join(', ') + more;
}
