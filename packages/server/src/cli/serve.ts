/** `elizad serve`: settings, the server, the banner, and a graceful stop. What is wrong is said in one line. */
import { CharacterError } from '../agents/characters/characters.ts';
import { ConfigFileError } from '../agents/config/loaded-config.ts';
import { findProjectAt } from '../agents/projects/discover.ts';
import { type App, startApp } from '../app/app.ts';
import { readEnvironment, readSettings, SettingError, type Settings, settingsTable } from '../config.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { CannotListen } from '../rest/listen.ts';
import type { Setting } from '../settings/setting.ts';
import { listUnknownNames } from '../settings/unknown-names.ts';
import { StoreError } from '../storage/engine/sqlite/data-lock.ts';
import { formatBanner } from './banner.ts';
import { settle } from './settle.ts';

type Flags = {
  port?: string;
  host?: string;
  data?: string;
  character?: string[];
  project?: string[];
  model?: string;
  logLevel?: string;
};

export async function serve(flags: Flags): Promise<void> {
  const isTerminal = process.stdout.isTTY === true;
  // Where the log is JSON lines, words for people go to the other stream.
  const say = (text: string) => (isTerminal ? process.stdout : process.stderr).write(text);
  const started = start(flags, isTerminal);
  // From the first moment: a stop that comes while the server starts is a stop all the same.
  let asked: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // npm passes on what the terminal has sent already: only a later second signal is somebody's impatience.
      if (asked !== undefined && performance.now() - asked > 500) process.exit(130);
      if (asked === undefined) void stop(started, signal, say);
      asked ??= performance.now();
    });
  }
  try {
    const { app, settings } = await started;
    say(formatBanner(app, settings, startedMsAgo(), isTerminal));
    settle(app);
    // Also where nobody sent a signal: it may be stopped over HTTP.
    void app.stopped.then((why) => {
      say(`elizad: stopped, ${why === 'lost' ? 'because its store is gone' : 'everything is on disk'}.\n`);
      process.exit(why === 'lost' ? 1 : 0);
    });
  } catch (error) {
    if (!isForPeople(error)) throw error;
    process.stderr.write(`elizad: ${toTerminalText(error.message)}\n`);
    process.exitCode = 1;
  }
}

async function start(flags: Flags, isTerminal: boolean): Promise<{ app: App; settings: Settings }> {
  const { port, host, data: dataDir, character: characters, project: projects, model, logLevel } = flags;
  const env = readEnvironment();
  for (const line of listUnknownNames(
    env,
    Object.values<Setting>(settingsTable).flatMap((setting) => setting.env),
  ))
    process.stderr.write(`elizad: ${toTerminalText(line)}\n`);
  // Started inside a project, without a word about which: that one is meant.
  const here = env.ELIZAD_PROJECTS === undefined ? findProjectAt(process.cwd()) : undefined;
  if (here === 'foreign' && !projects)
    process.stderr.write(
      'elizad: other users can write the project in this folder, so it is not run; to run it anyway: --project .\n',
    );
  const settings = readSettings({
    env,
    flags: {
      port,
      host,
      dataDir,
      characters,
      projects: projects ?? (here === 'own' ? ['.'] : undefined),
      model,
      logLevel,
    },
  });
  return { app: await startApp(settings, { pretty: isTerminal }), settings };
}

async function stop(started: Promise<{ app: App }>, signal: string, say: (text: string) => void): Promise<void> {
  say(`\nelizad: ${signal}, stopping…\n`);
  // Why it did not start is said where that is waited for.
  const running = await started.catch(() => undefined);
  await running?.app.stop();
}

const isForPeople = (error: unknown): error is Error =>
  [SettingError, CharacterError, ConfigFileError, StoreError, CannotListen].some((kind) => error instanceof kind);

/** From the start of the command, or of this process where it was run directly. */
const startedMsAgo = (): number =>
  Math.round(Date.now() - Number(process.env.ELIZAD_STARTED_AT ?? performance.timeOrigin));
