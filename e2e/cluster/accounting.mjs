/** MariaDB's data folder, and what slurmdbd knows: cluster, accounts, QOS, users. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { ACCOUNTS, CLUSTER_NAME, QOS, USERS } from './layout.mjs';

/** Makes the data folder once; a half-made one is made anew. */
export function ensureDatabase(layout) {
  if (existsSync(`${layout.mysqlData}/mysql/.made`)) return;
  rmSync(layout.mysqlData, { recursive: true, force: true });
  const made = spawnSync('mariadb-install-db', ['--no-defaults', '--user=root', `--datadir=${layout.mysqlData}`, '--skip-test-db', '--auth-root-authentication-method=normal'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`mariadb-install-db failed\n${made.stdout}${made.stderr}`);
  spawnSync('touch', [`${layout.mysqlData}/mysql/.made`]);
}

export const mariadbArguments = (layout, ports) => [
  '--no-defaults', '--user=root', `--datadir=${layout.mysqlData}`, `--socket=${layout.mysqlSocket}`, '--bind-address=127.0.0.1', `--port=${String(ports.mysql)}`,
  `--pid-file=${layout.run('mariadb.pid')}`, '--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M', '--innodb-flush-log-at-trx-commit=0', '--innodb-lock-wait-timeout=900', '--performance-schema=OFF',
];

export function grantDatabase(layout, password) {
  const sql = `CREATE DATABASE IF NOT EXISTS slurm_acct_db; CREATE OR REPLACE USER 'slurm'@'127.0.0.1' IDENTIFIED BY '${password}'; CREATE OR REPLACE USER 'slurm'@'localhost' IDENTIFIED BY '${password}'; GRANT ALL ON slurm_acct_db.* TO 'slurm'@'127.0.0.1'; GRANT ALL ON slurm_acct_db.* TO 'slurm'@'localhost';`;
  const done = spawnSync('mariadb', ['--no-defaults', `--socket=${layout.mysqlSocket}`, '-u', 'root', '-e', sql], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the database refuses its user\n${done.stderr}`);
}

/** Fine when they are there already. */
export function ensureAssociations(layout) {
  const sacctmgr = (...args) => {
    const done = spawnSync('sacctmgr', ['-i', '-Q', ...args], { encoding: 'utf8', env: { ...process.env, SLURM_CONF: layout.slurmConf } });
    const text = done.stdout + done.stderr;
    if (done.status !== 0 && !/already exist|Nothing new added|Nothing modified/i.test(text)) throw new Error(`sacctmgr ${args.join(' ')}\n${text}`);
  };
  sacctmgr('add', 'cluster', CLUSTER_NAME);
  for (const qos of QOS.filter((name) => name !== 'normal')) sacctmgr('add', 'qos', qos, 'priority=100');
  for (const account of ACCOUNTS) sacctmgr('add', 'account', account, `cluster=${CLUSTER_NAME}`, 'description=test', 'organization=test');
  sacctmgr('add', 'user', USERS.map(({ name }) => name).join(','), 'account=slipway', `cluster=${CLUSTER_NAME}`, `qos=${QOS.join(',')}`, 'defaultqos=normal');
}
