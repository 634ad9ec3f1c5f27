/** How the user of this process runs a command of elizad: by the scripts of the repository, or by the package's own. */

const ways = {
  serve: { script: 'npm start --', command: 'npx elizad' },
  chat: { script: 'npm run chat --', command: 'npx elizad chat' },
  check: { script: 'npm run elizad -- check', command: 'npx elizad check' },
  recover: { script: 'npm run elizad -- recover', command: 'npx elizad recover' },
};

export function howToRun(command: keyof typeof ways, args = ''): string {
  // The repository's scripts say when they were started.
  const way = ways[command][process.env.ELIZAD_STARTED_AT !== undefined ? 'script' : 'command'];
  return args === '' ? way.replace(/ --$/, '') : `${way} ${args}`;
}
