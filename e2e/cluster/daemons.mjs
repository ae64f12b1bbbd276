/** Starting, finding and ending the cluster's processes: each in the foreground of its own session, known by its process id. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** When this process began, in clock ticks since boot: with it an id that was used again is told apart. null when it is gone. */
function startTime(pid) {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    return null;
  }
}

/** Starts a daemon that outlives us, its output in its log. */
export function startDaemon(layout, name, command, args, env = {}) {
  const log = openSync(layout.log(name), 'a');
  const child = spawn(command, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  return { name, pid: child.pid ?? 0, started: startTime(child.pid ?? 0) };
}

/** True when the process that we started still runs. */
export function isAlive({ pid, started }) {
  return started !== null && startTime(pid) === started;
}

/** Ends daemons, newest first: asks, waits, then insists. */
export async function stopDaemons(daemons) {
  for (const daemon of [...daemons].reverse()) {
    if (!isAlive(daemon)) continue;
    process.kill(daemon.pid, 'SIGTERM');
    for (let waited = 0; waited < 5000 && isAlive(daemon); waited += 50) await pause(50);
    if (isAlive(daemon)) process.kill(daemon.pid, 'SIGKILL');
  }
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Loopback ports that are free now, one for each name: those of before where nobody has taken them. */
export async function freePorts(names, before) {
  const servers = await Promise.all(names.map((name) => listen(before[name] ?? 0).catch(() => listen(0))));
  const ports = Object.fromEntries(names.map((name, i) => [name, servers[i].address().port]));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const end = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** Waits until `test` is true; fails early, with the end of its log, when the daemon has died. */
export async function waitFor(layout, daemon, what, test, seconds = 20) {
  const until = Date.now() + seconds * 1000;
  while (!(await test())) {
    const died = !isAlive(daemon);
    if (died || Date.now() > until) {
      const log = existsSync(layout.log(daemon.name))
        ? readFileSync(layout.log(daemon.name), 'utf8').split('\n').slice(-15).join('\n')
        : '';
      throw new Error(`${what} ${died ? 'ended at once' : `is not ready after ${String(seconds)} s`}\n${log}`);
    }
    await pause(50);
  }
}

export const waitForPort = (layout, daemon, port) => waitFor(layout, daemon, daemon.name, () => answers(port));
export const waitForFile = (layout, daemon, file) => waitFor(layout, daemon, daemon.name, () => existsSync(file));
