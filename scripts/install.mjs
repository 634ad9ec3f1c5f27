/**
 * Makes node_modules fit package-lock.json, for scripts/run.mjs: says what it does and why, and does nothing when it
 * fits already. Of several processes at once one installs, the others wait for it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const platform = `${process.platform}-${process.arch}`;

/** Installs when needed; resolves with whether it did, or had to wait for another that did. */
export async function ensureInstalled(root) {
  if (!findReason(root)) return false;
  const unlock = await lock(join(root, '.elizad-installing'));
  try {
    // Another process may have installed while this one waited.
    const reason = findReason(root);
    if (reason) await install(root, reason);
  } finally {
    unlock();
  }
  return true;
}

/** Why an install is needed, in words; undefined when it is not, and then the stamp is renewed. */
function findReason(root) {
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return 'first run in this folder';
  const record = readText(join(modules, '.package-lock.json'));
  const lockfile = readText(join(root, 'package-lock.json'));
  if (lockfile === undefined) return record ? undefined : 'node_modules is not complete';
  const [madeOn, , , hash] = readText(join(modules, '.elizad-installed'))?.trim().split(' ') ?? [];
  if (madeOn && madeOn !== platform) return `node_modules is from ${madeOn}, this is ${platform}`;
  if (hash !== hashText(lockfile) && !fits(lockfile, record)) {
    return madeOn ? 'package-lock.json has changed' : 'node_modules is not complete';
  }
  writeStamp(root);
  return undefined;
}

/** Whether npm's own record in node_modules has all that the lockfile wants here: somebody ran npm by hand. */
function fits(lockfile, record) {
  if (!record) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lockfile).packages).every(([path, { version, link, os, cpu, libc }]) => {
    const isForeign = (os && !os.includes(process.platform)) || (cpu && !cpu.includes(process.arch)) || libc;
    return !path.includes('node_modules/') || link || isForeign || installed[path]?.version === version;
  });
}

function writeStamp(root) {
  const path = join(root, 'package-lock.json');
  const { mtimeMs, size } = statSync(path);
  const stamp = `${platform} ${mtimeMs} ${size} ${hashText(readFileSync(path, 'utf8'))}\n`;
  writeFileSync(join(root, 'node_modules/.elizad-installed'), stamp);
}

async function install(root, reason) {
  const hasLockfile = existsSync(join(root, 'package-lock.json'));
  // npm ci empties node_modules, and Windows does not let go of the node.exe in it that may be running this.
  const isInUse = process.platform === 'win32' && process.execPath.startsWith(join(root, 'node_modules'));
  const command = hasLockfile && !isInUse ? 'ci' : 'install';
  const startedAt = Date.now();
  const stopProgress = showProgress(`installing dependencies (npm ${command}): ${reason}`, startedAt);
  const { code, output } = await runNpm(root, [command, '--loglevel=error', '--include=dev', '--include=optional']);
  stopProgress();
  if (code !== 0) {
    const advice =
      code === null
        ? 'npm comes with Node: install both from https://nodejs.org, or put npm on the PATH'
        : 'the output of npm is above; check that its registry can be reached (npm ping)';
    process.stderr.write(`${output}\nelizad: npm ${command} failed: ${advice}. Then run the command again.\n`);
    process.exit(1);
  }
  if (existsSync(join(root, 'package-lock.json'))) writeStamp(root);
  process.stderr.write(`elizad: dependencies installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

function runNpm(root, args) {
  // npm shall run on the machine's own Node, not on the one in node_modules that it is about to replace.
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== join(root, 'node_modules', '.bin'));
  const env = { ...process.env, PATH: path.join(delimiter) };
  // npm is a batch file on Windows, which only a shell starts.
  const child = spawn('npm', args, {
    cwd: root,
    env,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  // Asked to stop, it stays until npm has ended, or the next install would meet it in node_modules.
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      child.kill(isStopping ? 'SIGKILL' : signal);
      isStopping = true;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: `npm cannot be started: ${error.message}` }));
    child.once('close', (code) => (isStopping ? process.exit(130) : resolve({ code, output: output.trim() })));
  });
}

/** A line that counts the seconds on a terminal, a plain line elsewhere; returns how to stop. */
function showProgress(text, startedAt) {
  if (!process.stderr.isTTY || process.env.CI) {
    process.stderr.write(`elizad: ${text}\n`);
    return () => {};
  }
  const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % frames.length;
    process.stderr.write(`\r\u001b[2K${frames[frame]} ${text} · ${Math.floor((Date.now() - startedAt) / 1000)} s`);
  };
  draw();
  const timer = setInterval(draw, 100);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[2K');
  };
}

/** A file with the holder's process id; the file of a process that is gone is taken over. */
async function lock(path) {
  const startedAt = Date.now();
  let isTold = false;
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      const remove = () => rmSync(path, { force: true });
      process.once('exit', remove);
      return () => {
        process.off('exit', remove);
        remove();
      };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    // Empty: its holder has just made it and not yet written.
    const holder = Number(readText(path));
    if (holder && !isAlive(holder)) rmSync(path, { force: true });
    else if (Date.now() - startedAt > 600_000) {
      throw new Error(
        `another install (process ${holder}) has held ${path} for ten minutes; end it or remove the file`,
      );
    } else if (holder && !isTold) {
      isTold = true;
      process.stderr.write(`elizad: process ${holder} is installing dependencies; waiting for it\n`);
    }
    await sleep(100);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const hashText = (text) => createHash('sha256').update(text).digest('hex');

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
