/** Where everything of the test cluster lies, and what it is called. One data folder, nothing in /etc. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const DEFAULT_DATA = path.join(os.tmpdir(), 'slipway-cluster');
export const CLUSTER_NAME = 'slipway';
export const ACCOUNTS = ['slipway', 'other'];
export const QOS = ['normal', 'high'];
export const NODES = ['cn1', 'cn2', 'gpu1'];
export const GPU_COUNT = 4;
export const PARTITIONS = [
  { name: 'normal', nodes: 'cn1,cn2', maxTime: '1-00:00:00', isDefault: true },
  { name: 'long', nodes: 'cn1,cn2', maxTime: '7-00:00:00', isDefault: false },
  { name: 'gpu', nodes: 'gpu1', maxTime: '1-00:00:00', isDefault: false },
  { name: 'debug', nodes: 'cn1', maxTime: '00:30:00', isDefault: false },
];

/** Test users: how they log in and what their shell is like. */
export const USERS = [
  { name: 'slipuser', shell: '/bin/bash', login: 'key' },
  { name: 'slipnoisy', shell: '/bin/bash', login: 'key', bashrc: 'echo "Welcome to the cluster!"\necho "Your quota: 3 of 10 TB" >&2\n' },
  { name: 'sliptcsh', shell: '/bin/tcsh', login: 'key' },
  { name: 'slippass', shell: '/bin/bash', login: 'password', password: 'correct horse battery' },
];

export function layoutOf(data) {
  const at = (...parts) => path.join(data, ...parts);
  return {
    data,
    state: at('state.json'),
    lock: at('up.lock'),
    folders: ['etc', 'run', 'log', 'keys', 'mysql', 'gpu', 'spool', 'spool/ctld', ...NODES.map((node) => `spool/${node}`)].map((name) => at(name)),
    slurmConf: at('etc/slurm.conf'),
    gresConf: at('etc/gres.conf'),
    slurmdbdConf: at('etc/slurmdbd.conf'),
    sshdConf: at('etc/sshd_config'),
    mungeKey: at('etc/munge.key'),
    mungeSocket: at('run/munge.socket'),
    mysqlData: at('mysql'),
    mysqlSocket: at('run/mysql.socket'),
    hostKey: at('keys/ssh_host_ed25519_key'),
    clientKey: (user) => at('keys', `${user}_ed25519`),
    authorizedKeys: at('keys', 'authorized_%u'),
    log: (name) => at('log', `${name}.log`),
    run: (name) => at('run', name),
    spool: (name) => at('spool', name),
    gpu: (index) => at('gpu', `device${String(index)}`),
  };
}

export function readState(layout) {
  return existsSync(layout.state) ? JSON.parse(readFileSync(layout.state, 'utf8')) : null;
}

export function writeState(layout, state) {
  writeFileSync(`${layout.state}.new`, JSON.stringify(state, null, 2));
  renameSync(`${layout.state}.new`, layout.state);
}
