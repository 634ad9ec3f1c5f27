/** The command line: `elizad serve` (the default), `elizad chat`, `elizad backup`, `elizad check`, `elizad recover`, `elizad compact`, `elizad doctor`, `elizad import-memories`, `elizad torture`. */
import { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import { version } from '../config.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { printFault } from './fault.ts';

// Whatever a command writes is for the user who runs it.
process.umask(0o077);

process.on('uncaughtException', printFault);

/** What several commands take. */
const dataOption = ['-d, --data <directory>', 'data directory (ELIZAD_DATA, default .elizad)'] as const;
const newDirectory = ['<to>', 'the new directory; it must not exist yet, or be empty'] as const;

const program = new Command('elizad')
  .description('The real-time server of Eliza OS, made durable.')
  .version(version)
  .showHelpAfterError();

program
  .command('serve', { isDefault: true })
  .description('run the server')
  .option('-p, --port <port>', 'TCP port (PORT, default 3000; 0 selects a free port)')
  .option('--host <host>', 'address to bind (HOST, default: only this machine)')
  .option(...dataOption)
  .option('-c, --character <file...>', 'character files of agents; may be repeated')
  .option('--project <folder...>', 'Eliza OS projects whose agents run here (ELIZAD_PROJECTS); may be repeated')
  .option('-m, --model <model>', 'model for characters without one (ELIZAD_MODEL), for example ollama/llama3.2')
  .option('--log-level <level>', 'lowest level to log (LOG_LEVEL, default info)')
  .action(async (flags) => {
    const { serve } = await import('./serve.ts');
    await serve(flags);
  });

program
  .command('chat')
  .description('talk with an agent of a running server in the terminal')
  .argument('[url]', 'the server', 'http://localhost:3000')
  .option('-r, --room <uuid>', 'room to join (default: a new one)')
  .option('-a, --agent <name>', 'agent to talk with (default: the first)')
  .option('-n, --name <name>', 'your name', 'You')
  .option('-k, --api-key <key>', 'key of the server (ELIZAD_API_KEY); all users of this machine can see it here')
  .option('--api-key-file <path>', 'file with the key, readable only by you (ELIZAD_API_KEY_FILE)')
  .action(async (url, flags) => {
    const { chat } = await import('./chat.ts');
    await chat(url, flags);
  });

program
  .command('backup')
  .description('copy the store into a new directory, consistent as of one moment; the server may be running')
  .argument(...newDirectory)
  .option(...dataOption)
  .action(async (to, { data }) => {
    const { backup } = await import('./backup.ts');
    await backup(to, data);
  });

program
  .command('check')
  .description('check the store of a stopped server and report problems; nothing is changed')
  .option(...dataOption)
  .action(async ({ data }) => {
    const { check } = await import('./check.ts');
    check(data);
  });

program
  .command('recover')
  .description('copy the readable parts of a damaged store into a new directory; the store itself is not changed')
  .argument(...newDirectory)
  .option(...dataOption)
  .action(async (to, { data }) => {
    const { recover } = await import('./recover.ts');
    await recover(to, data);
  });

program
  .command('doctor')
  .description('start Eliza OS projects once, and say what of them works here and what does not')
  .requiredOption('--project <folder...>', 'the folders with the package.json')
  .action(async ({ project }) => {
    const { doctor } = await import('./doctor.ts');
    await doctor(project);
  });

program
  .command('import-memories')
  .description(
    'take over what an Eliza OS project remembers in PGlite or Postgres, while nothing runs; the source is only read',
  )
  .requiredOption('--project <folder>', 'the folder with the package.json')
  .option(
    '--from <place>',
    'a directory of PGlite, or the address of a Postgres, which all users of this machine can see here (default: what the .env of the project says, or .eliza/.elizadb)',
  )
  .option(...dataOption)
  .action(async (flags) => {
    const { importMemories } = await import('./import-memories.ts');
    await importMemories(flags);
  });

program
  .command('compact')
  .description('rewrite the store of a stopped server: smaller, and without traces of deleted data')
  .option(...dataOption)
  .action(async ({ data }) => {
    const { compact } = await import('./compact.ts');
    await compact(data);
  });

program
  .command('torture')
  .description(
    'test the promises with stock clients: against a server of its own, which it kills, or against a URL, without kills',
  )
  .argument(
    '[url]',
    'a server to test as it is, with real requests to its agents (default: start a server and kill it)',
  )
  .option('--kills <count>', 'number of SIGKILLs of its own server (default 20; 0 runs for --seconds)')
  .option('--seconds <count>', 'length of a run without kills (default 30)')
  .option('--seed <number>', 'repeat the plan of an earlier run (default: a random seed, shown at the end)')
  .option('--clients <count>', 'number of stock clients (default 12)')
  .option('--rooms <count>', 'number of rooms, every other one with an agent (default 4)')
  .option(
    '--steady <seconds>',
    'load without kills and cuts at the end, during which memory must not grow (default 10)',
  )
  .option(
    '--patience <seconds>',
    'how long to wait without events at the end, and for admission to a room, before it counts as a failure (default 20)',
  )
  .option(
    '--project <folder>',
    'an Eliza OS project whose agent is asked; its process and the server are killed in turns, at each step of a turn',
  )
  .option('--ask <text...>', 'what it is asked, one of them at random; {id} stands for the name of the message')
  .option('--within <seconds>', 'kill a project for so long at most (default: until --kills is reached)')
  .option('-k, --api-key <key>', 'key of the server (ELIZAD_API_KEY); all users of this machine can see it here')
  .option('--api-key-file <path>', 'file with the key, readable only by you (ELIZAD_API_KEY_FILE)')
  .option('--json', 'print the report as JSON')
  .action(async (url, flags) => {
    const { torture } = await import('./torture/torture.ts');
    await torture(url, flags);
  });

const [given] = process.argv.slice(2);
const known = program.commands.map((command) => command.name());
// What is no command would be an argument of the one that is the default.
if (given !== undefined && !given.startsWith('-') && given !== 'help' && !known.includes(given)) {
  const meant = closest(given.slice(0, 40), known);
  process.stderr.write(
    `elizad: ${toTerminalText(given)} is not a command. Did you mean ${meant}? elizad --help lists all commands.\n`,
  );
  process.exit(1);
}

await program.parseAsync();
