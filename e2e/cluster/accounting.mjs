/** MariaDB's data folder, and what slurmdbd knows: cluster, accounts, QOS, users and their limits. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { USERS } from './layout.mjs';

/** Makes the data folder once; a half-made one is made anew. */
export function ensureDatabase(layout) {
  if (existsSync(`${layout.mysqlData}/mysql/.made`)) return;
  rmSync(layout.mysqlData, { recursive: true, force: true });
  const made = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      '--user=root',
      `--datadir=${layout.mysqlData}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db failed\n${made.stdout}${made.stderr}`);
  spawnSync('touch', [`${layout.mysqlData}/mysql/.made`]);
}

export const mariadbArguments = (layout, ports) => [
  '--no-defaults',
  '--user=root',
  `--datadir=${layout.mysqlData}`,
  `--socket=${layout.mysqlSocket}`,
  '--bind-address=127.0.0.1',
  `--port=${String(ports.mysql)}`,
  `--pid-file=${layout.run('mariadb.pid')}`,
  '--innodb-buffer-pool-size=32M',
  '--innodb-log-file-size=8M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-lock-wait-timeout=900',
  '--performance-schema=OFF',
];

export function grantDatabase(layout, password) {
  const sql = `CREATE DATABASE IF NOT EXISTS slurm_acct_db; CREATE OR REPLACE USER 'slurm'@'127.0.0.1' IDENTIFIED BY '${password}'; CREATE OR REPLACE USER 'slurm'@'localhost' IDENTIFIED BY '${password}'; GRANT ALL ON slurm_acct_db.* TO 'slurm'@'127.0.0.1'; GRANT ALL ON slurm_acct_db.* TO 'slurm'@'localhost';`;
  const done = spawnSync('mariadb', ['--no-defaults', `--socket=${layout.mysqlSocket}`, '-u', 'root', '-e', sql], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`the database refuses its user\n${done.stderr}`);
}

/** sacctmgr's lines for everything that the site says, in an order in which each finds what it needs. */
function commands({ clusterName, accounts, qos, users }) {
  const here = `cluster=${clusterName}`;
  const mine = qos
    .filter((each) => each.mine)
    .map(({ name }) => name)
    .join(',');
  const names = (account) =>
    USERS.filter((user) => account === accounts[0].name || user.thesis)
      .map(({ name }) => name)
      .join(',');
  return [
    ...qos.filter(({ set }) => set.length > 0).map(({ name, set }) => ['modify', 'qos', name, 'set', ...set]),
    ...accounts.map(({ name }) => ['add', 'account', name, here, 'description=test', 'organization=test']),
    ...accounts
      .filter(({ set }) => set.length > 0)
      .map(({ name, set }) => ['modify', 'account', name, here, 'set', ...set]),
    ...Object.keys(users).flatMap((account) => [
      ['add', 'user', names(account), `account=${account}`, here, `qos=${mine}`, 'defaultqos=normal'],
      [
        'modify',
        'user',
        'where',
        `name=${names(account)}`,
        `account=${account}`,
        here,
        'set',
        `qos=${mine}`,
        ...users[account],
      ],
    ]),
  ];
}

const slurm = (layout, command, ...args) =>
  spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, SLURM_CONF: layout.slurmConf } });

function sacctmgr(layout, line) {
  const done = slurm(layout, 'sacctmgr', '-i', '-Q', ...line);
  const text = done.stdout + done.stderr;
  if (done.status !== 0 && !/already exist|Nothing new added|Nothing modified/i.test(text))
    throw new Error(`sacctmgr ${line.join(' ')}\n${text}`);
}

/** What a controller wants to find when it starts: itself, and the QOS that its partitions name. */
export function ensureNames(layout) {
  const { clusterName, qos } = layout.site;
  sacctmgr(layout, ['add', 'cluster', clusterName]);
  const names = qos.map(({ name }) => name).filter((name) => name !== 'normal');
  const known = slurm(layout, 'sacctmgr', '-nP', 'show', 'qos', 'format=Name').stdout.split('\n');
  if (!names.every((name) => known.includes(name))) sacctmgr(layout, ['add', 'qos', names.join(',')]);
}

/** Whether the controller has told the database of its GPUs: until then no limit can name them. */
export const knowsGpus = (layout) =>
  slurm(layout, 'sacctmgr', '-nP', 'show', 'tres', 'format=Type,Name').stdout.includes('gres|gpu');

/** Fine when they are there already; not asked again while the site stays as it is, since each line takes its tenths of a second. */
export function ensureAssociations(layout) {
  const wanted = commands(layout.site);
  const mark = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
  const file = `${layout.mysqlData}/.associations`;
  if (existsSync(file) && readFileSync(file, 'utf8') === mark) return;
  for (const line of wanted) sacctmgr(layout, line);
  writeFileSync(file, mark);
}
