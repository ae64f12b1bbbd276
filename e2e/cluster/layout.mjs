/** Where everything of a test cluster lies, and what it is called. One data folder, nothing in /etc. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SITES } from './site.mjs';

export const DEFAULT_DATA = path.join(os.tmpdir(), 'slipway-cluster');

/** The cluster without slurmdbd beside the one of this data folder. */
export const withoutAccounting = (data) => `${data}-without-accounting`;

/** Test users: how they log in, what their shell is like, and what they may charge. */
export const USERS = [
  { name: 'slipuser', shell: '/bin/bash', login: 'key', thesis: true },
  {
    name: 'slipnoisy',
    shell: '/bin/bash',
    login: 'key',
    bashrc: 'echo "Welcome to the cluster!"\necho "Your quota: 3 of 10 TB" >&2\n',
  },
  { name: 'sliptcsh', shell: '/bin/tcsh', login: 'key' },
  { name: 'slipfish', shell: '/usr/bin/fish', login: 'key' },
  { name: 'slippass', shell: '/bin/bash', login: 'password', password: 'correct horse battery' },
];

/** @param accounting whether slurmdbd is part of it */
export function layoutOf(data, accounting = true) {
  const at = (...parts) => path.join(data, ...parts);
  const site = accounting ? SITES.accounting : SITES.plain;
  return {
    data,
    site,
    state: at('state.json'),
    lock: at('up.lock'),
    folders: [
      'etc',
      'run',
      'log',
      'keys',
      'mysql',
      'gpu',
      'bin',
      'modulefiles',
      'scratch',
      'spool',
      'spool/ctld',
      ...site.nodes.map(({ name }) => `spool/${name}`),
    ].map((name) => at(name)),
    slurmConf: at('etc/slurm.conf'),
    gresConf: at('etc/gres.conf'),
    slurmdbdConf: at('etc/slurmdbd.conf'),
    sshdConf: (name) => at('etc', `${name}_config`),
    mungeKey: at('etc/munge.key'),
    mungeSocket: at('run/munge.socket'),
    mysqlData: at('mysql'),
    mysqlSocket: at('run/mysql.socket'),
    hostKey: (sshd) => at('keys', sshd === 'sshd' ? 'ssh_host_ed25519_key' : `${sshd}_host_ed25519_key`),
    clientKey: (user) => at('keys', `${user}_ed25519`),
    authorizedKeys: at('keys', 'authorized_%u'),
    log: (name) => at('log', `${name}.log`),
    run: (name) => at('run', name),
    spool: (name) => at('spool', name),
    gpu: (index) => at('gpu', `device${String(index)}`),
    modulefiles: at('modulefiles'),
    scratch: (user) => at('scratch', user),
    quotaCommand: at('bin', 'site-quota'),
    at,
  };
}

export function readState(layout) {
  return existsSync(layout.state) ? JSON.parse(readFileSync(layout.state, 'utf8')) : null;
}

export function writeState(layout, state) {
  writeFileSync(`${layout.state}.new`, JSON.stringify(state, null, 2));
  renameSync(`${layout.state}.new`, layout.state);
}
