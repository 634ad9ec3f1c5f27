/** How the user of this process runs a command of elizad: by the scripts of the repository, or by the package's own. */

const scripts = { serve: 'npm start', chat: 'npm run chat' };
const commands = { serve: 'npx elizad', chat: 'npx elizad chat' };

export function howToRun(command: keyof typeof scripts, args = ''): string {
  // The repository's scripts say when they were started.
  const isScript = process.env.ELIZAD_STARTED_AT !== undefined;
  if (args === '') return isScript ? scripts[command] : commands[command];
  return isScript ? `${scripts[command]} -- ${args}` : `${commands[command]} ${args}`;
}
