/** Bringing a test cluster up and down. Safe to call again, and after a cluster that was killed. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  ensureAssociations,
  ensureDatabase,
  ensureNames,
  grantDatabase,
  knowsGpus,
  mariadbArguments,
} from './accounting.mjs';
import { gresConf, slurmConf, slurmdbdConf } from './configuration.mjs';
import { freePorts, isAlive, pause, startDaemon, stopDaemons, waitFor, waitForFile, waitForPort } from './daemons.mjs';
import { ensureReservations, writeExtras } from './extras.mjs';
import { readState, USERS, writeState } from './layout.mjs';
import { GPU_COUNT, liveNodes } from './site.mjs';
import { describeLogins, EXTRA_KEYS, LOGIN_SSHDS, prepareSshd, removePamService, sshdNames } from './sshds.mjs';
import { ensureUsers, hostKeyFingerprint } from './users.mjs';

/** What tests need to know, or null when not all of it runs. */
export function describe(layout) {
  const state = readState(layout);
  if (state === null || state.ready !== true || !state.daemons.every(isAlive)) return null;
  const { site } = layout;
  const users = USERS.map(({ name, login, password }) => [
    name,
    login === 'password' ? { password } : { privateKeyPath: layout.clientKey(name) },
  ]);
  return {
    host: '127.0.0.1',
    port: state.ports.sshd,
    users: Object.fromEntries(users),
    hostKeyFingerprint: hostKeyFingerprint(layout, 'sshd'),
    stateFolder: layout.data,
    clusterName: site.clusterName,
    slurmConf: layout.slurmConf,
    partitions: site.partitions.map(({ name }) => name),
    accounts: site.accounts.slice(0, 1).map(({ name }) => name),
    qos: site.qos.filter(({ mine }) => mine).map(({ name }) => name),
    quotaCommand: layout.quotaCommand,
    ...(state.logins === true ? { logins: describeLogins(layout, state.ports) } : {}),
  };
}

/** One `up` at a time; a lock of a process that is gone does not count. */
async function withLock(layout, action) {
  mkdirSync(layout.data, { recursive: true, mode: 0o755 });
  for (;;) {
    try {
      writeFileSync(layout.lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = existsSync(layout.lock) ? readFileSync(layout.lock, 'utf8') : '';
      if (owner !== '' && !existsSync(`/proc/${owner}`)) rmSync(layout.lock, { force: true });
      await pause(100);
    }
  }
  try {
    return await action();
  } finally {
    rmSync(layout.lock, { force: true });
  }
}

/** `logins`: with the awkward ways in; they are added to a cluster that runs without them. */
export function up(layout, logins = false) {
  return withLock(layout, async () => {
    const running = describe(layout);
    if (running === null) {
      await stopDaemons(readState(layout)?.daemons ?? []);
      await start(layout, logins);
    } else if (logins && running.logins === undefined) {
      await startLogins(layout);
    }
    return describe(layout);
  });
}

export function down(layout) {
  return withLock(layout, async () => {
    const state = readState(layout);
    if (state === null) return;
    await endJobs(layout);
    await stopDaemons(state.daemons);
    removePamService(layout);
    writeState(layout, { ...state, ready: false, logins: false, daemons: [] });
  });
}

const slurm = (layout, command, ...args) =>
  spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, SLURM_CONF: layout.slurmConf },
  });

/** Jobs run in sessions of their own: they must end before the daemons that could end them. */
async function endJobs(layout) {
  if (describe(layout) === null) return;
  for (const { name } of USERS) {
    slurm(layout, 'scancel', '--full', '--signal=KILL', `--user=${name}`);
    slurm(layout, 'scancel', `--user=${name}`);
  }
  for (let waited = 0; waited < 8000; waited += 200) {
    const queue = slurm(layout, 'squeue', '-h', '-o', '%i');
    if (queue.status !== 0 || queue.stdout.trim() === '') return;
    await pause(200);
  }
}

/** Runs daemons and writes each down as soon as it has a process id. */
function launcher(layout, ports, password, daemons) {
  const save = (changes) =>
    writeState(layout, { ...readState(layout), ready: false, ports, password, daemons, ...changes });
  const launch = (name, command, args, env) => {
    const daemon = startDaemon(layout, name, command, args, env);
    daemons.push(daemon);
    save({});
    return daemon;
  };
  const sshd = (name) => {
    const { command, args } = prepareSshd(layout, name, ports[name]);
    return launch(name, command, args);
  };
  return { save, launch, sshd };
}

async function startLogins(layout) {
  const { ports: before, password, daemons } = readState(layout);
  const ports = { ...before, ...(await freePorts(LOGIN_SSHDS, before)) };
  const { save, sshd } = launcher(layout, ports, password, daemons);
  const started = LOGIN_SSHDS.map((name) => sshd(name));
  for (const daemon of started) await waitForPort(layout, daemon, ports[daemon.name]);
  save({ ready: true, logins: true });
}

async function startAccounting(layout, ports, password, launch, munge) {
  ensureDatabase(layout);
  const database = launch('mariadb', 'mariadbd', mariadbArguments(layout, ports));
  await waitForPort(layout, database, ports.mysql);
  grantDatabase(layout, password);
  await waitForFile(layout, munge, layout.mungeSocket);
  const accounting = launch('slurmdbd', 'slurmdbd', ['-D'], { SLURM_CONF: layout.slurmConf });
  await waitForPort(layout, accounting, ports.slurmdbd);
  ensureNames(layout);
}

async function start(layout, logins) {
  const before = readState(layout);
  const nodes = liveNodes(layout.site).map(({ name }) => name);
  const names = [...sshdNames(logins), 'slurmctld', ...(layout.site.accounting ? ['slurmdbd', 'mysql'] : []), ...nodes];
  // the same ports as before where possible, so that a client configured once finds it again
  const ports = { ...before?.ports, ...(await freePorts(names, before?.ports ?? {})) };
  const password = before?.password ?? randomBytes(12).toString('hex');
  const daemons = [];
  const { save, launch, sshd } = launcher(layout, ports, password, daemons);
  for (const folder of layout.folders) mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeConfiguration(layout, ports, password);
  writeExtras(layout);
  ensureUsers(layout, EXTRA_KEYS);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshds = sshdNames(logins).map((name) => sshd(name));
  rmSync(layout.mungeSocket, { force: true });
  const munge = launch('munged', 'munged', [
    '--foreground',
    '--force',
    `--key-file=${layout.mungeKey}`,
    `--socket=${layout.mungeSocket}`,
    `--pid-file=${layout.run('munged.pid')}`,
    `--log-file=${layout.log('munge')}`,
    `--seed-file=${layout.run('munged.seed')}`,
  ]);
  if (layout.site.accounting) await startAccounting(layout, ports, password, launch, munge);
  await waitForFile(layout, munge, layout.mungeSocket);
  const controller = launch('slurmctld', 'slurmctld', ['-D', '-f', layout.slurmConf]);
  for (const node of nodes) launch(`slurmd-${node}`, 'slurmd', ['-D', '-N', node, '-f', layout.slurmConf]);
  await waitForPort(layout, controller, ports.slurmctld);
  if (layout.site.accounting) {
    await waitFor(layout, controller, 'the list of resources', () => knowsGpus(layout));
    ensureAssociations(layout);
  }
  await waitFor(
    layout,
    controller,
    'the nodes',
    () =>
      slurm(layout, 'sinfo', '-h', '-N', '-n', nodes.join(','), '-o', '%N %t')
        .stdout.split('\n')
        .filter((line) => / (idle|mix|alloc)$/.test(line)).length >= nodes.length,
  );
  ensureReservations(layout);
  for (const daemon of sshds) await waitForPort(layout, daemon, ports[daemon.name]);
  const dead = daemons.filter((daemon) => !isAlive(daemon)).map(({ name }) => name);
  if (dead.length > 0) throw new Error(`${dead.join(', ')} ended at once; see ${layout.log(dead[0])}`);
  save({ ready: true, logins });
}

function writeConfiguration(layout, ports, password) {
  const write = (file, text, mode = 0o644) => {
    writeFileSync(file, text, { mode });
    chmodSync(file, mode);
  };
  if (!existsSync(layout.mungeKey)) write(layout.mungeKey, randomBytes(128), 0o600);
  for (let i = 0; i < GPU_COUNT; i += 1) write(layout.gpu(i), '');
  write(layout.slurmConf, slurmConf(layout, ports));
  write(layout.gresConf, gresConf(layout));
  if (layout.site.accounting) write(layout.slurmdbdConf, slurmdbdConf(layout, ports, password), 0o600);
}
